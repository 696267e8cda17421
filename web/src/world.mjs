// Projects the map of the world once, at build time: the pages' SVG is written from what this gives.
// Shapes are those of Natural Earth (public domain), with the borders that are in force on the ground.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { geoArea, geoCentroid, geoEqualEarth, geoPath } from "d3-geo";
import countries from "i18n-iso-countries";
import { feature, merge, mesh } from "topojson-client";

const WIDTH = 960;
const FINE = 10; // the maps of one country are drawn ten times as large
const ANTARCTICA = "010";
// Natural Earth has no number for it; the code is the one that users have agreed on.
const UNNUMBERED = { Kosovo: "XK" };
const GUIANA = { code: "GF", within: "FR", westOf: -40 };

const require = createRequire(import.meta.url);
const topology = (scale) => JSON.parse(readFileSync(require.resolve(`world-atlas/countries-${scale}.json`), "utf8"));

/** Returns the map as JSON: the land, its borders, and by ISO 3166-1 alpha-2 code a shape or a dot. */
export function worldJson() {
  const world = topology("110m");
  const shown = world.objects.countries.geometries.filter((shape) => shape.id !== ANTARCTICA);
  const all = { type: "GeometryCollection", geometries: shown };
  const projection = geoEqualEarth().fitWidth(WIDTH, feature(world, all));
  const height = Math.ceil(geoPath(projection).bounds(feature(world, all))[1][1]);
  const found = {};
  for (const [code, shape] of coded(world, shown)) {
    const coarse = outline(projection, shape, 1);
    const fine = outline(projection, shape, FINE);
    const box = geoPath(projection).bounds(shape).flat().map((value) => Math.round(value * FINE));
    found[code] = coarse ? { shape: coarse, fine, box } : dot(projection, shape);
  }
  // What is too small for the coarse shapes has a place in the finer ones.
  for (const scale of ["50m", "10m"]) {
    const finer = topology(scale);
    for (const [code, shape] of coded(finer, finer.objects.countries.geometries)) found[code] ??= dot(projection, shape);
  }
  const borders = mesh(world, all, (one, other) => one !== other);
  return JSON.stringify({
    width: WIDTH,
    height,
    fine: FINE,
    scale: round(projection.scale(), 1000),
    centre: projection.translate().map((value) => round(value, 1000)),
    land: outline(projection, merge(world, shown), 1),
    borders: outline(projection, borders, 1),
    countries: Object.fromEntries(Object.entries(found).sort(([one], [other]) => (one < other ? -1 : 1))),
  });
}

/** Yields the ISO codes with the shapes, Guiana apart from France. */
function* coded(world, geometries) {
  for (const geometry of geometries) {
    const code = geometry.id ? countries.numericToAlpha2(geometry.id) : UNNUMBERED[geometry.properties.name];
    if (!code || geometry.id === ANTARCTICA) continue;
    const shape = feature(world, geometry).geometry;
    if (code !== GUIANA.within) {
      yield [code, shape];
      continue;
    }
    const parts = shape.coordinates.map((coordinates) => ({ type: "Polygon", coordinates }));
    const away = (part) => geoCentroid(part)[0] < GUIANA.westOf && geoCentroid(part)[1] > 0 && geoArea(part) > 1e-3;
    yield [code, together(parts.filter((part) => !away(part)))];
    if (parts.some(away)) yield [GUIANA.code, together(parts.filter(away))];
  }
}

const together = (parts) => ({ type: "MultiPolygon", coordinates: parts.map((part) => part.coordinates) });

function dot(projection, shape) {
  return { dot: projection(geoCentroid(shape)).map((value) => Math.round(value * FINE)) };
}

/** Returns a path in whole pixels of a size, with relative steps; what is smaller than a pixel is left out. */
function outline(projection, shape, size) {
  const written = [];
  let points = [];
  const finish = (closed) => {
    const enough = closed ? 3 : 2;
    if (points.length >= enough) written.push(drawn(points) + (closed ? "z" : ""));
    points = [];
  };
  const add = (x, y) => {
    const point = [Math.round(x * size), Math.round(y * size)];
    const last = points.at(-1);
    if (!last || last[0] !== point[0] || last[1] !== point[1]) points.push(point);
  };
  const context = {
    moveTo(x, y) {
      finish(false);
      add(x, y);
    },
    lineTo: add,
    closePath() {
      const [first, last] = [points[0], points.at(-1)];
      if (points.length > 1 && first[0] === last[0] && first[1] === last[1]) points.pop();
      finish(true);
    },
    arc() {},
    beginPath() {},
  };
  geoPath(projection, context)(shape);
  finish(false);
  return written.join("");
}

function drawn(points) {
  const steps = straight(points).map(([x, y], index, all) => (index ? [x - all[index - 1][0], y - all[index - 1][1]] : [x, y]));
  const [first, ...rest] = steps;
  return `M${first.join(" ")}l${rest.map(([x, y]) => `${x}${y < 0 ? "" : " "}${y}`).join(" ")}`.replaceAll(" -", "-");
}

/** Leaves out the points that lie on the way from the one before to the one after. */
function straight(points) {
  return points.filter((point, index) => {
    const [before, after] = [points[index - 1], points[index + 1]];
    if (!before || !after) return true;
    const [ax, ay, bx, by] = [point[0] - before[0], point[1] - before[1], after[0] - point[0], after[1] - point[1]];
    return ax * by !== ay * bx || ax * bx + ay * by < 0;
  });
}

const round = (value, parts) => Math.round(value * parts) / parts;

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeFileSync(process.argv[2] ?? "world.json", worldJson());
}
