"""Places: geopoints in their three forms, GeoJSON as RFC 7946 has it, TopoJSON."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

__all__ = ["is_geojson", "is_topojson", "point"]

# How deep the positions of a geometry lie in its coordinates, and how many the innermost list must have.
_DEPTHS = {
    "Point": (0, 0), "MultiPoint": (1, 0), "LineString": (1, 2), "MultiLineString": (2, 2), "Polygon": (2, 4),
    "MultiPolygon": (3, 4),
}  # fmt: skip
_ARC_DEPTHS = {"LineString": 0, "MultiLineString": 1, "Polygon": 1, "MultiPolygon": 2}


def point(longitude: Any, latitude: Any) -> tuple[Decimal, Decimal]:
    """A geopoint from its two numbers. Raises ValueError where one is no number or off the globe."""
    pair = []
    for value, limit in ((longitude, 180), (latitude, 90)):
        if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
            raise ValueError(str(value))  # noqa: TRY004 - the text is no value of the type
        number = value if isinstance(value, Decimal) else Decimal(repr(value))
        if not -limit <= number <= limit:
            raise ValueError(str(value))
        pair.append(number)
    return pair[0], pair[1]


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _position(value: Any) -> bool:
    return isinstance(value, list) and len(value) >= 2 and all(map(_number, value))


def _coordinates(value: Any, depth: int, least: int) -> bool:
    """Whether positions lie `depth` lists deep. Empty lists are as good as no geometry, as the RFC has it."""
    if depth == 0:
        return _position(value)
    if not isinstance(value, list):
        return False
    if depth > 1 or not value:
        return all(_coordinates(one, depth - 1, least) for one in value)
    ring = least == 4
    return len(value) >= least and all(map(_position, value)) and (not ring or value[0] == value[-1])


def _bbox(value: dict[str, Any]) -> bool:
    box = value.get("bbox", [0, 0, 0, 0])
    return isinstance(box, list) and len(box) >= 4 and len(box) % 2 == 0 and all(map(_number, box))


def _each(value: dict[str, Any], key: str, good: Callable[[Any], bool]) -> bool:
    return isinstance(value.get(key), list) and all(map(good, value[key]))


def _geometry(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("type"), str) or not _bbox(value):
        return False
    if value["type"] == "GeometryCollection":
        return _each(value, "geometries", _geometry)
    depths = _DEPTHS.get(value["type"])
    if depths is None or "coordinates" not in value:
        return False
    coordinates = value["coordinates"]
    return coordinates == [] or _coordinates(coordinates, *depths)


def _feature(value: Any) -> bool:
    if not isinstance(value, dict) or value.get("type") != "Feature" or not _bbox(value):
        return False
    if "geometry" not in value or "properties" not in value:
        return False
    named = isinstance(value.get("id", ""), str) or _number(value["id"])
    known = value["properties"] is None or isinstance(value["properties"], dict)
    return named and known and (value["geometry"] is None or _geometry(value["geometry"]))


def is_geojson(value: Any) -> bool:
    """Whether a JSON value is a GeoJSON object: a geometry, a feature or a collection of features."""
    kind = value.get("type") if isinstance(value, dict) else None
    if kind == "FeatureCollection":
        return _bbox(value) and _each(value, "features", _feature)
    return _feature(value) if kind == "Feature" else _geometry(value)


# --- TopoJSON --------------------------------------------------------------------------------------------------------


def is_topojson(value: Any) -> bool:
    """Whether a JSON value is a TopoJSON topology: arcs of positions, and objects that use them."""
    if not isinstance(value, dict) or value.get("type") != "Topology" or not _bbox(value):
        return False
    if not _each(value, "arcs", lambda arc: isinstance(arc, list) and len(arc) >= 2 and all(map(_position, arc))):
        return False
    if "transform" in value and not _transform(value["transform"]):
        return False
    objects, arcs = value.get("objects"), len(value["arcs"])
    return isinstance(objects, dict) and all(_shape(one, arcs) for one in objects.values())


def _transform(value: Any) -> bool:
    def pair(one: Any) -> bool:
        return isinstance(one, list) and len(one) == 2 and all(map(_number, one))

    return isinstance(value, dict) and pair(value.get("scale")) and pair(value.get("translate"))


def _shape(value: Any, arcs: int) -> bool:
    """Whether a value is a geometry object whose arcs are there; the type null is one without a place."""
    if not isinstance(value, dict) or "type" not in value or not _bbox(value):
        return False
    kind = value["type"]
    if kind is None:
        return True
    if kind == "GeometryCollection":
        return _each(value, "geometries", lambda one: _shape(one, arcs))
    if kind in ("Point", "MultiPoint"):
        return _coordinates(value.get("coordinates"), *_DEPTHS[kind])
    return isinstance(kind, str) and kind in _ARC_DEPTHS and _indexes(value.get("arcs"), _ARC_DEPTHS[kind], arcs)


def _indexes(value: Any, depth: int, arcs: int) -> bool:
    """Whether indexes of arcs lie `depth` lists deep in a list; ~n is the arc n backwards."""
    if not isinstance(value, list):
        return False
    if depth:
        return all(_indexes(one, depth - 1, arcs) for one in value)
    return all(isinstance(n, int) and not isinstance(n, bool) and -arcs <= n < arcs for n in value)
