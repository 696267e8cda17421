"""The slots of SSSOM 1.1: which there are, in which order, what each takes, and its property in RDF."""

from __future__ import annotations

from acagraph.vocab import PREFIXES

SSSOM = PREFIXES["sssom"]
LINKML = "https://w3id.org/linkml/"

# Prefixes that no table declares, nor may use for anything else.
BUILT_IN = {name: PREFIXES[name] for name in ("owl", "rdf", "rdfs", "semapv", "skos", "sssom")}

REQUIRED = ("subject_id", "predicate_id", "object_id", "mapping_justification")

# What a value of each slot of a mapping is, in the order of the standard's table of slots. "entities",
# "iris" and "texts" take several values, divided by a bar.
MAPPING = {
    "record_id": "entity",
    "subject_id": "entity",
    "subject_label": "text",
    "subject_category": "text",
    "predicate_id": "entity",
    "predicate_label": "text",
    "predicate_modifier": "modifier",
    "object_id": "entity",
    "object_label": "text",
    "object_category": "text",
    "mapping_justification": "entity",
    "author_id": "entities",
    "author_label": "texts",
    "reviewer_id": "entities",
    "reviewer_label": "texts",
    "creator_id": "entities",
    "creator_label": "texts",
    "license": "iri",
    "subject_type": "type",
    "subject_source": "entity",
    "subject_source_version": "text",
    "object_type": "type",
    "object_source": "entity",
    "object_source_version": "text",
    "predicate_type": "type",
    "mapping_provider": "iri",
    "mapping_source": "entity",
    "mapping_cardinality": "cardinality",
    "cardinality_scope": "texts",
    "mapping_tool": "text",
    "mapping_tool_id": "entity",
    "mapping_tool_version": "text",
    "mapping_date": "date",
    "publication_date": "date",
    "review_date": "date",
    "confidence": "share",
    "reviewer_agreement": "agreement",
    "curation_rule": "entities",
    "curation_rule_text": "texts",
    "subject_match_field": "entities",
    "object_match_field": "entities",
    "match_string": "texts",
    "subject_preprocessing": "entities",
    "object_preprocessing": "entities",
    "similarity_score": "share",
    "similarity_measure": "text",
    "see_also": "iris",
    "issue_tracker_item": "entity",
    "other": "text",
    "comment": "text",
}

# The same of a set; curie_map and extension_definitions have a form of their own.
SET = {
    "sssom_version": "version",
    "mapping_set_id": "iri",
    "mapping_set_version": "text",
    "mapping_set_source": "iris",
    "mapping_set_title": "text",
    "mapping_set_description": "text",
    "mapping_set_confidence": "share",
    "creator_id": "entities",
    "creator_label": "texts",
    "license": "iri",
    "subject_type": "type",
    "subject_source": "entity",
    "subject_source_version": "text",
    "object_type": "type",
    "object_source": "entity",
    "object_source_version": "text",
    "predicate_type": "type",
    "mapping_provider": "iri",
    "cardinality_scope": "texts",
    "mapping_tool": "text",
    "mapping_tool_id": "entity",
    "mapping_tool_version": "text",
    "mapping_date": "date",
    "publication_date": "date",
    "subject_match_field": "entities",
    "object_match_field": "entities",
    "subject_preprocessing": "entities",
    "object_preprocessing": "entities",
    "similarity_measure": "text",
    "curation_rule": "entities",
    "curation_rule_text": "texts",
    "see_also": "iris",
    "issue_tracker": "iri",
    "other": "text",
    "comment": "text",
}

# A set says these of each of its mappings, when none of them says otherwise.
PROPAGATED = (
    "subject_type",
    "subject_source",
    "subject_source_version",
    "object_type",
    "object_source",
    "object_source_version",
    "predicate_type",
    "mapping_provider",
    "cardinality_scope",
    "mapping_tool",
    "mapping_tool_id",
    "mapping_tool_version",
    "mapping_date",
    "subject_match_field",
    "object_match_field",
    "subject_preprocessing",
    "object_preprocessing",
    "similarity_measure",
    "curation_rule",
    "curation_rule_text",
)

SEVERAL = {"entities": "entity", "iris": "iri", "texts": "text"}

# Slots whose property in RDF is not the slot's name in the namespace of SSSOM.
PROPERTIES = {
    "subject_id": PREFIXES["owl"] + "annotatedSource",
    "predicate_id": PREFIXES["owl"] + "annotatedProperty",
    "object_id": PREFIXES["owl"] + "annotatedTarget",
    "author_id": "http://purl.org/pav/authoredBy",
    "creator_id": PREFIXES["dcterms"] + "creator",
    "license": PREFIXES["dcterms"] + "license",
    "mapping_date": PREFIXES["dcterms"] + "created",
    "publication_date": PREFIXES["dcterms"] + "issued",
    "see_also": PREFIXES["rdfs"] + "seeAlso",
    "comment": PREFIXES["rdfs"] + "comment",
}

# The words that a slot takes, with the IRI that stands for each in RDF; one without is a plain text there.
WORDS = {
    "modifier": {"Not": SSSOM + "NegatedPredicate"},
    "cardinality": dict.fromkeys(("1:1", "1:n", "n:1", "n:n", "1:0", "0:1", "0:0"), ""),
    "version": {"1.0": SSSOM + "version1.0", "1.1": SSSOM + "version1.1"},
    "type": {
        "owl class": PREFIXES["owl"] + "Class",
        "owl object property": PREFIXES["owl"] + "ObjectProperty",
        "owl data property": PREFIXES["owl"] + "DataProperty",
        "owl annotation property": PREFIXES["owl"] + "AnnotationProperty",
        "owl named individual": PREFIXES["owl"] + "NamedIndividual",
        "skos concept": PREFIXES["skos"] + "Concept",
        "rdfs resource": PREFIXES["rdfs"] + "Resource",
        "rdfs class": PREFIXES["rdfs"] + "Class",
        "rdfs literal": PREFIXES["rdfs"] + "Literal",
        "rdfs datatype": PREFIXES["rdfs"] + "Datatype",
        "rdf property": PREFIXES["rdf"] + "Property",
        "composed entity expression": SSSOM + "ComposedEntityExpression",
    },
}

RELATIONS = ("exactMatch", "closeMatch", "relatedMatch", "broadMatch", "narrowMatch")

JUSTIFICATIONS = (
    "BackgroundKnowledgeBasedMatching",
    "CompositeMatching",
    "InstanceBasedMatching",
    "LexicalMatching",
    "LexicalSimilarityThresholdMatching",
    "LogicalReasoning",
    "ManualMappingCuration",
    "MappingChaining",
    "MappingInversion",
    "MappingReview",
    "SemanticSimilarityThresholdMatching",
    "StructuralMatching",
    "UnspecifiedMatching",
)
