"""What is meant to break a SPARQL service: queries too deep, too long or endless, odd headers and paths."""

from __future__ import annotations

from collections.abc import Callable

# Each construct that can stand within itself, so many times.
NESTED: dict[str, Callable[[int], str]] = {
    "parentheses": lambda n: f"ASK {{ FILTER({'(' * n}true{')' * n}) }}",
    "not": lambda n: f"ASK {{ FILTER({'!' * n}true) }}",
    "not in parentheses": lambda n: f"ASK {{ FILTER({'!(' * n}true{')' * n}) }}",
    "minus signs": lambda n: f"ASK {{ BIND({'- ' * n}1 AS ?x) }}",
    "sums": lambda n: f"ASK {{ BIND({'1 + ' * n}1 AS ?x) }}",
    "sums to the right": lambda n: f"ASK {{ BIND({'1 + (' * n}1{')' * n} AS ?x) }}",
    "and": lambda n: f"ASK {{ FILTER({'true && ' * n}true) }}",
    "or of comparisons": lambda n: f"ASK {{ FILTER({'1 = 2 || ' * n}true) }}",
    "in": lambda n: f"ASK {{ FILTER({'1 IN (' * n}1{')' * n}) }}",
    "list of in": lambda n: f"ASK {{ FILTER(1 IN ({'2, ' * n}1)) }}",
    "if": lambda n: f"ASK {{ BIND({'IF(true, ' * n}1{', 2)' * n} AS ?x) }}",
    "coalesce": lambda n: f"ASK {{ BIND({'COALESCE(' * n}1{')' * n} AS ?x) }}",
    "str": lambda n: f"ASK {{ BIND({'STR(' * n}1{')' * n} AS ?x) }}",
    "concat": lambda n: f'ASK {{ BIND({"CONCAT(" * n}"a"{")" * n} AS ?x) }}',
    "group": lambda n: f"ASK {'{' * n}{'}' * n}",
    "union in union": lambda n: f"SELECT * {{ {'{ {} UNION ' * n}{{}}{' }' * n} }}",
    "union after union": lambda n: f"SELECT * {{ {'{} UNION ' * n}{{}} }}",
    "optional": lambda n: f"SELECT * {{ {'OPTIONAL { ?s a ?o ' * n}{'}' * n} }}",
    "optional after optional": lambda n: f"SELECT * {{ {'OPTIONAL { ?s a ?o } ' * n} }}",
    "minus": lambda n: f"SELECT * {{ ?s a ?o {'MINUS { ?s a ?o ' * n}{'}' * n} }} LIMIT 1",
    "sub-select": lambda n: f"SELECT * {{ {'{ SELECT * { ' * n}{'} }' * n} }}",
    "exists": lambda n: f"ASK {{ {'FILTER EXISTS { ?s a ?o ' * n}{'}' * n} }}",
    "not exists": lambda n: f"ASK {{ {'FILTER NOT EXISTS { ?s a ?o ' * n}{'}' * n} }}",
    "graph": lambda n: f"ASK {{ {'GRAPH ?g { ' * n}?s ?p ?o{' }' * n} }}",
    "bind after bind": lambda n: f"ASK {{ {' '.join(f'BIND(1 AS ?x{i})' for i in range(n))} }}",
    "filter after filter": lambda n: f"ASK {{ {'FILTER(true) ' * n} }}",
    "path in parentheses": lambda n: f"ASK {{ ?s {'(' * n}a{')' * n} ?o }}",
    "path of stars": lambda n: f"ASK {{ ?s {'(' * n}a{')*' * n} ?o }}",
    "path of steps": lambda n: f"ASK {{ ?s {'a/' * n}a ?o }}",
    "path of alternatives": lambda n: f"ASK {{ ?s {'a|' * n}a ?o }}",
    "path back and forth": lambda n: f"ASK {{ ?s {'^(' * n}a{')' * n} ?o }}",
    "path without": lambda n: f"ASK {{ ?s !({'a|' * n}a) ?o }}",
    "collection": lambda n: f"ASK {{ ?s ?p {'( ' * n}{')' * n} }}",
    "long collection": lambda n: f"ASK {{ ?s ?p ({' 1' * n}) }}",
    "blank nodes": lambda n: f"ASK {{ {'[ a ' * n}?o{' ]' * n} }}",
    "blank nodes constructed": lambda n: f"CONSTRUCT {{ {'[ a ' * n}1{' ]' * n} }} WHERE {{}}",
    "triples in triples": lambda n: f"ASK {{ {'<< ?s ?p ' * n}?o{' >>' * n} ?p ?o }}",
    "triple terms": lambda n: f"ASK {{ ?s ?p {'<<( ?s ?p ' * n}?o{' )>>' * n} }}",
    "annotations": lambda n: f"ASK {{ ?s ?p ?o {'{| ?p ?o ' * n}{'|}' * n} }}",
    "aggregates": lambda n: f"SELECT ({'SUM(' * n}?o{')' * n} AS ?x) {{ ?s ?p ?o }}",
    "having": lambda n: f"SELECT ?s {{ ?s ?p ?o }} GROUP BY ?s HAVING({'(' * n}true{')' * n})",
    "order": lambda n: f"SELECT ?s {{ ?s a ?o }} ORDER BY {'(' * n}?s{')' * n} LIMIT 1",
}
# Not deep, but long.
LONG: dict[str, str] = {
    "100,000 rows of values": f"SELECT (COUNT(*) AS ?n) {{ VALUES ?x {{ {'1 ' * 100_000} }} }}",
    "a literal of a megabyte": f'SELECT ("{"x" * 990_000}" AS ?x) {{}}',
    "an IRI of a megabyte": f"ASK {{ <http://example.org/{'x' * 990_000}> ?p ?o }}",
    "a comment of a megabyte": f"ASK {{}} #{'x' * 990_000}",
    "white space of a megabyte": f"ASK{' ' * 990_000}{{}}",
    "line ends": "\n" * 990_000 + "ASK {}",
    "quotation marks": 'ASK { ?s ?p "' + '\\"' * 400_000,
    "quotation marks of long strings": 'ASK { ?s ?p """' + '""a' * 300_000,
    "an open string": 'ASK { ?s ?p "' + "x" * 900_000,
    "open strings": "ASK { " + "'\n" * 400_000,
    "open IRIs": "ASK { " + "<" * 900_000,
    "colons": "ASK { " + ":" * 900_000,
    "a name of dots": "ASK { ?s a" + "." * 900_000,
    "a name of hyphens": "ASK { a" + "-" * 900_000 + " }",
    "a variable of a megabyte": f"SELECT ?{'x' * 400_000} {{ ?{'x' * 400_000} a ?o }} LIMIT 1",
    "100,000 variables": f"SELECT {' '.join(f'?x{i}' for i in range(100_000))} {{ ?x0 a ?o }} LIMIT 1",
    "10,000 patterns": f"ASK {{ {' '.join(f'?s{i} a ?o{i} .' for i in range(10_000))} }}",
    "30,000 prefixes": "".join(f"PREFIX p{i}: <http://a/{i}>\n" for i in range(30_000)) + "ASK {}",
    "30,000 bases": "BASE <http://a/>\n" * 30_000 + "ASK {}",
    "10,000 keys of an order": f"SELECT ?s {{ ?s a ?o }} ORDER BY {'?s ' * 10_000} LIMIT 1",
    "10,000 graphs": "ASK " + "".join(f"FROM <http://a/{i}> " for i in range(10_000)) + "{ ?s ?p ?o }",
    "a digit a million times": f"ASK {{ BIND({'9' * 990_000} AS ?x) }}",
    "a limit beyond all numbers": f"SELECT * {{ ?s a ?o }} LIMIT {'9' * 100}",
    "escapes": 'ASK { BIND("' + "\\u0041" * 150_000 + '" AS ?x) }',
    "prefixes before no query": "PREFIX a: <b> " * 50_000,
    "hash marks": "#" * 990_000,
}
ANY = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o"
RUNAWAY: dict[str, str] = {
    "count of a cross product": f"SELECT (COUNT(*) AS ?x) {{ {ANY} }}",
    "count of distinct rows": f"SELECT (COUNT(DISTINCT *) AS ?x) {{ {ANY} }}",
    "ordered": f"SELECT * {{ {ANY} }} ORDER BY STR(?c) STR(?f) STR(?i)",
    "ordered by values of many kinds": "SELECT ?o { ?s ?p ?o } ORDER BY ?o",
    "ordered by what is made": f"SELECT * {{ {ANY} }} ORDER BY MD5(CONCAT(STR(?c), STR(?f))) LIMIT 1",
    "distinct": f"SELECT DISTINCT ?a ?d ?g ?j {{ {ANY} }}",
    "grouped": f"SELECT ?c ?f ?i (COUNT(*) AS ?n) {{ {ANY} }} GROUP BY ?c ?f ?i",
    "strings gathered": f"SELECT (GROUP_CONCAT(STR(?c)) AS ?x) {{ {ANY} }}",
    "samples": f"SELECT ?a (SAMPLE(?o) AS ?x) {{ {ANY} }} GROUP BY ?a",
    "all of a cross product": f"SELECT * {{ {ANY} }}",
    "all of it as triples": f"CONSTRUCT {{ ?a ?e ?o }} WHERE {{ {ANY} }}",
    "nothing of it": f"SELECT * {{ {ANY} FILTER(?a = ?zz) }}",
    "the last of it": f"SELECT * {{ {ANY} }} OFFSET 900000000000 LIMIT 1",
    "a filter that is never true": f"SELECT * {{ {ANY} FILTER(STRLEN(CONCAT(STR(?c), STR(?f))) < 0) }}",
    "optional": "SELECT * { ?a ?b ?c OPTIONAL { ?d ?e ?f } OPTIONAL { ?g ?h ?i } OPTIONAL { ?j ?k ?l } }",
    "minus": f"SELECT (COUNT(*) AS ?x) {{ {ANY} MINUS {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }} }}",
    "exists": f"SELECT (COUNT(*) AS ?x) {{ ?y ?z ?w FILTER NOT EXISTS {{ {ANY} FILTER(?a = ?nothing) }} }}",
    "union": f"SELECT (COUNT(*) AS ?x) {{ {' UNION '.join([f'{{ {ANY} }}'] * 20)} }}",
    "a path of everything": "SELECT (COUNT(*) AS ?x) { ?a (!a|^!a)* ?b }",
    "a path of stars in stars": "SELECT (COUNT(*) AS ?x) { ?a ((!a|^!a)*/(!a|^!a)*)* ?b }",
    "a path with perhaps": "SELECT (COUNT(*) AS ?x) { ?a (!a/(^!a)?)* ?b }",
    "paths one after another": "SELECT (COUNT(*) AS ?x) { ?a (!a|^!a)+ ?b . ?b (!a|^!a)+ ?c }",
    "a path from nowhere": "SELECT * { ?a (a?/^a?)* ?b } ORDER BY STR(?b)",
    "values times values": "SELECT (COUNT(*) AS ?x) {"
    + " ".join(f"VALUES ?v{i} {{ {' '.join(map(str, range(1000)))} }}" for i in range(5))
    + " }",
    "describe everything": "DESCRIBE ?s ?p ?o { ?s ?p ?o }",
    "describe a cross product": f"DESCRIBE * {{ {ANY} }}",
    "a text that doubles": 'SELECT (STRLEN(?x40) AS ?n) { BIND("xxxxxxxx" AS ?x0) '
    + " ".join(f"BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(40))
    + " }",
    "a text of which each letter doubles": 'SELECT (STRLEN(?x30) AS ?n) { BIND("xxxxxxxx" AS ?x0) '
    + " ".join(f'BIND(REPLACE(?x{i}, "(.)", "$1$1$1$1") AS ?x{i + 1})' for i in range(30))
    + " }",
    "a text between all letters": 'SELECT (STRLEN(?x9) AS ?n) { BIND("xxxxxxxx" AS ?x0) '
    + " ".join(f"BIND(REPLACE(?x{i}, '', STR(?x{i})) AS ?x{i + 1})" for i in range(9))
    + " }",
    "a text encoded again and again": 'SELECT (STRLEN(?x99) AS ?n) { BIND("%%%%%%%%%%%%%%%%" AS ?x0) '
    + " ".join(f"BIND(ENCODE_FOR_URI(CONCAT(?x{i}, ?x{i})) AS ?x{i + 1})" for i in range(99))
    + " }",
    "gathered texts gathered": "SELECT (GROUP_CONCAT(?t) AS ?x) { { SELECT ?a"
    f" (GROUP_CONCAT(STR(?f)) AS ?t) {{ {ANY} }} GROUP BY ?a }} ?b ?c ?d }}",
}
_SUBJECT = '"' + "a" * 5_000 + '!"'
# Rust's regular expressions take time in proportion to the text; what would need more is no expression.
REGEX: dict[str, str] = {
    "plus in plus": f'ASK {{ FILTER REGEX({_SUBJECT}, "^(a+)+$") }}',
    "stars after stars": f'ASK {{ FILTER REGEX({_SUBJECT}, "^{"a*" * 50}b$") }}',
    "alternatives that overlap": f'ASK {{ FILTER REGEX({_SUBJECT}, "^(a|aa|a?a)+$") }}',
    "anything, often": f'ASK {{ FILTER REGEX({_SUBJECT}, "{"(.*)" * 30}x") }}',
    "repeated and repeated": f'ASK {{ FILTER REGEX({_SUBJECT}, "^((((a{{100}}){{100}}){{100}}){{100}})$") }}',
    "letters of all scripts": f'ASK {{ FILTER REGEX({_SUBJECT}, "^(\\\\p{{L}}{{1,900}}){{1,900}}$") }}',
    "deep groups": f'ASK {{ FILTER REGEX({_SUBJECT}, "{"(" * 20_000}a{")" * 20_000}") }}',
    "many alternatives": f'ASK {{ FILTER REGEX({_SUBJECT}, "{"|".join(["ab*c"] * 50_000)}") }}',
    "a reference back": f'ASK {{ FILTER REGEX({_SUBJECT}, "(a*)\\\\1") }}',
    "an open bracket": f'ASK {{ FILTER REGEX({_SUBJECT}, "[") }}',
    "flags that are none": f'ASK {{ FILTER REGEX({_SUBJECT}, "a", "zzz") }}',
    "for every triple": 'ASK { ?s ?p ?o FILTER REGEX(STR(?o), CONCAT("^(", STR(?s), "|a+)+$")) }',
    "replaced": f'ASK {{ FILTER(STRLEN(REPLACE({_SUBJECT}, "(a*)*", "$1$1")) < 0) }}',
    "replaced by a group that is none": f'ASK {{ FILTER(REPLACE({_SUBJECT}, "a", "$9$0$") = "") }}',
}
STRANGE: dict[str, str] = {
    "an unknown function": "SELECT (nothing(1) AS ?x) {}",
    "an unknown prefix": "SELECT * { ?s nothing:here ?o }",
    "a function of somebody": "SELECT (<http://example.org/f>(1) AS ?x) {}",
    "a function of the file system": "SELECT (<file:///etc/passwd>() AS ?x) {}",
    "a function of Java": "SELECT (<java:java.lang.Runtime>('id') AS ?x) {}",
    "an aggregate of somebody": "SELECT (<http://example.org/f>(DISTINCT ?s) AS ?x) { ?s ?p ?o }",
    "casts": 'SELECT (xsd:integer("x") AS ?a) (xsd:dateTime("x") AS ?b) (xsd:boolean("x") AS ?c) {}',
    "casts at the edges": 'SELECT (xsd:integer("9223372036854775808") AS ?a) (xsd:decimal("1e999") AS ?b)'
    ' (xsd:float("1e999") AS ?c) (xsd:double("NaN") AS ?d) (xsd:dateTime("-99999-12-31T24:00:00Z") AS ?e) {}',
    "sums at the edges": "SELECT (9223372036854775807 + 1 AS ?a) (-9223372036854775808 * -1 AS ?b)"
    " (1 / 0 AS ?c) (1.0 / 0.0 AS ?d) (1e0 / 0e0 AS ?e) (-(-9223372036854775808) AS ?f) {}",
    "decimals at the edges": "SELECT (170141183460469231731.687303715884105727 + 1.0 AS ?a)"
    " (99999999999999999999.0 * 99999999999999999999.0 AS ?b) (ROUND(-0.5) AS ?c) (CEIL(1e308) AS ?d) {}",
    "parts of a text that are not there": 'SELECT (SUBSTR("abc", -5) AS ?a) (SUBSTR("abc", 9, 9) AS ?b)'
    ' (SUBSTR("気候", 2, -1) AS ?c) (SUBSTR("abc", 9223372036854775807, 9223372036854775807) AS ?d)'
    ' (SUBSTR("abc", "NaN"^^xsd:double) AS ?e) {}',
    "days that are none": 'SELECT (YEAR("2023-02-30T00:00:00Z"^^xsd:dateTime) AS ?a)'
    ' ("9999999999-01-01T00:00:00Z"^^xsd:dateTime + "P9999999999Y"^^xsd:duration AS ?b)'
    ' (TZ("2020-01-01T00:00:00+99:99"^^xsd:dateTime) AS ?c) (TIMEZONE(NOW()) AS ?d) {}',
    "an IRI out of anything": 'SELECT (IRI("no iri >") AS ?a) (IRI("file:///etc/passwd") AS ?b)'
    " (IRI(1) AS ?c) {}",
    "a blank node out of anything": 'SELECT (BNODE("x y\\n>") AS ?a) (BNODE() AS ?b) {}',
    "a datatype out of anything": 'SELECT (STRDT("x", <x:>) AS ?a) (STRDT("x", rdf:langString) AS ?b)'
    ' (STRLANG("x", "no language!") AS ?c) (LANGMATCHES("x", "*-*-*") AS ?d) {}',
    "variables bound twice": "SELECT (1 AS ?x) (2 AS ?x) { BIND(1 AS ?x) }",
    "a variable that is not grouped": "SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o }",
    "the same blank node in two groups": "ASK { { _:a ?p ?o } { _:a ?p ?o } }",
    "a negative limit": "SELECT * { ?s ?p ?o } LIMIT -1",
    "a relative IRI": "SELECT * { <../../etc/passwd> ?p ?o }",
    "a base of nothing": "BASE <nothing> SELECT * { <x> ?p ?o }",
    "two queries": "ASK {} ASK {}",
    "two updates behind a query": "ASK {} ; DROP ALL ; CLEAR ALL",
    "half a query": "SELECT * WHERE {",
    "random": "SELECT (RAND() AS ?a) (UUID() AS ?b) (STRUUID() AS ?c) (NOW() AS ?d) {}",
    "triples of a template that are none": "CONSTRUCT { 1 ?p ?o . ?s 1 ?o . _:b ?o ?s } WHERE { ?s ?p ?o }",
    "a null escape": 'SELECT ("a\\u0000b" AS ?x) {}',
    "half a pair": 'SELECT ("\\uD800" AS ?x) {}',
    "a pair of halves": 'SELECT ("\\uD83D\\uDE00" AS ?x) {}',
    "beyond all characters": 'SELECT ("\\U00110000" AS ?x) {}',
    "halves in an IRI": "ASK { <http://a/\\uD800> ?p ?o }",
    "characters that are none": 'SELECT ("\ufffe\uffff\u0085\u2028\u202e" AS ?x) {}',
    "an escaped keyword": "\\u0041SK {}",
    "an escaped bracket": 'SELECT ("\\u0022) AS ?x) \\u007B\\u007D',
    "a null character": 'SELECT ("a\0b" AS ?x) {}',
    "a null character outside": "ASK { \0 }",
    "a mark of byte order": "\ufeffASK {}",
    "wide forms": "ＡＳＫ ｛｝",
}
# Values of header fields; each is sent to several addresses.
HEADERS: dict[str, tuple[bytes, ...]] = {
    "Accept": (
        *(b"text/html;q=" + value for value in (b"nan", b"inf", b"-1", b"1e999", b"", b"x", b"9" * 999)),
        *(b"*", b"*/", b"/*", b";;;", b"\xff\xfe", b'a/b;x="', b"*/*;*=*", b"", b"a/b;q=0.1," * 3_000),
    ),
    "Accept-Encoding": (b"gzip;q=nan", b"*;q=", b"\xff", b"gzip," * 6_000, b";;;,,,"),
    "Accept-Language": (b"*;q=nan", b"\xff", b"de," * 9_000),
    "If-None-Match": (b"*", b'"', b'W/"' + b"x" * 9_000, b'"x",' * 5_000, b"\xff"),
    "If-Modified-Since": (b"x", b"Mon, 99 Foo 9999 99:99:99 GMT", b"\xff"),
    "If-Range": (b"x", b"\xff", b'"x"\r\nRange: bytes=0-'),
    "Range": (b"bytes=0-,0-", b"bytes=-", b"bytes=9-1", b"x=0-1", b"bytes=\xff-", b"bytes=" + b"0-," * 9_000),
    "X-Forwarded-For": (b"nonsense", b"[::1", b"\xff", b"::ffff:1.2.3.4%x", b"1.2.3.4, " * 2_000),
    "X-Forwarded-Proto": (b"gopher", b"javascript", b"\xff", b"https"),
    "X-HTTP-Method-Override": (b"DELETE",),
    "Forwarded": (b'for="_x";proto="',),
    "Origin": (b"null", b"\xff"),
    "Cookie": (b"x=" + b"y" * 30_000,),
    "Authorization": (b"Basic \xff",),
    "Content-Type": (b"\xff; charset=\xff", b";" * 9_000),
    "Content-Encoding": (b"gzip", b"\xff"),
    "Expect": (b"the-unexpected", b"100-continue"),
    "Upgrade": (b"websocket\r\nConnection: Upgrade", b"h2c\r\nConnection: Upgrade, HTTP2-Settings"),
    "TE": (b"trailers, chunked;q=nan",),
    "Access-Control-Request-Method": (b"\xff", b"DELETE"),
}
ROUTES = (
    *("/", "/data/", "/static/", "/ontology/", "/shapes/", "/doc/coalition/", "/id/", "/graph/", "/queries/"),
    *("/data/tables/", "/scheme/", "/.well-known/", "/sparql/"),
)
UP = ("..", "%2e%2e", "..%00", "%252e%252e", "%c0%ae%c0%ae", "%ef%bc%8e%ef%bc%8e", "..;", "%5c..")
BETWEEN = ("/", "%2f", "//", "%5c", "%252f", "%c0%af")
ENDS = ("etc/passwd", "proc/self/environ", "store/CURRENT", "pyproject.toml")
WILD = ("%00", "%0d%0aX:%20y", "%ff", "/etc/passwd", "file:///etc/passwd", "~root", "%E0%A4%A", "*")
# What those files begin with or hold.
SECRETS = (b"root:", b"PATH=", b"MANIFEST-", b"[project]")


def elsewhere(address: str) -> dict[str, str]:
    """Return queries and updates that would make a careless server call an address."""
    return {
        "service": f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}",
        "service without case": f"SELECT * {{ sErViCe sIlEnT <{address}> {{ ?s ?p ?o }} }}",
        "service silent": f"SELECT * {{ SERVICE SILENT <{address}> {{ ?s ?p ?o }} }}",
        "service of a variable": f"SELECT * {{ VALUES ?x {{ <{address}> }} SERVICE ?x {{ ?s ?p ?o }} }}",
        "service in a sub-select": f"SELECT * {{ {{ SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }} }} }}",
        "service in a filter": f"ASK {{ FILTER EXISTS {{ SERVICE <{address}> {{ ?s ?p ?o }} }} }}",
        "service escaped": f"SELECT * {{ \\u0053ERVICE <{address}> {{ ?s ?p ?o }} }}",
        "service behind a comment": f"SELECT * {{ SERVICE#\n<{address}>#}}\n{{ ?s ?p ?o }} }}",
        "service behind a string": f"""ASK {{ ?s ?p '''"''' . SERVICE <{address}> {{ ?s ?p "'''" }} }}""",
        "service with a prefix": f"PREFIX x: <{address}> SELECT * {{ SERVICE x: {{ ?s ?p ?o }} }}",
        "service with a base": f"BASE <{address}> SELECT * {{ SERVICE <x> {{ ?s ?p ?o }} }}",
        "from": f"SELECT * FROM <{address}> {{ ?s ?p ?o }}",
        "from named": f"SELECT * FROM NAMED <{address}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        "graph": f"SELECT * {{ GRAPH <{address}> {{ ?s ?p ?o }} }}",
        "describe": f"DESCRIBE <{address}>",
        "load": f"LOAD <{address}>",
        "load silent": f"LOAD SILENT <{address}> INTO GRAPH <http://a/>",
        "load behind a query": f"ASK {{}} ; LOAD <{address}>",
        "insert": f"INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{address}> {{ ?s ?p ?o }} }}",
        "a function": f"SELECT (<{address}>() AS ?x) {{}}",
        "a query parameter of an IRI": f"SELECT (IRI('{address}') AS ?x) {{}}",
    }


def killing() -> str:
    """Return a query that the engine aborts at on any data: values of many kinds have no total order."""
    kinds = ('"a{n}"', "{n}", '"{n}"^^<x:t{m}>', "<x:{n}>", '"{n}"@en', "{n}.5e0", '"{n}-01-01"^^xsd:gYear')
    values = " ".join(kinds[n % 7].format(n=(n * 7919) % 1009, m=n % 5) for n in range(3000))
    return f"SELECT ?o {{ VALUES ?o {{ {values} }} }} ORDER BY ?o"
