"""In which order locations are asked for goods."""

from shop.core.statements import Statement
from shop.directory.geography import selectors as geography
from shop.directory.geography.addresses import PostalAddress
from shop.directory.organization import selectors as organization
from shop.directory.organization.models import Location
from shop.goods.routing.models import RoutingRule

Kind = RoutingRule.Kind
# A place that is not on the map comes after all that are.
FAR_AWAY = 1_000_000.0


Point = tuple[float, float]

RULES = Statement(lambda: RoutingRule.objects.filter(is_active=True).order_by("position", "pk"))
WAREHOUSES = Statement(organization.active_warehouses)


def candidate_locations(*, destination: PostalAddress | None) -> tuple[int, ...]:
    """The locations that may serve an order, best one first."""
    kind = active_kind()
    target = _point_of(destination) if destination else None
    warehouses = WAREHOUSES.all()

    def rank(location: Location) -> tuple[float, float, int]:
        away = _distance(location, target)
        if kind == Kind.NEAREST:
            return (away, location.priority, location.pk)
        return (location.priority, away, location.pk)

    return tuple(location.pk for location in sorted(warehouses, key=rank))


def active_kind() -> str:
    """The kind of the first active rule; without one the house's default holds."""
    rule = RULES.one()
    return rule.kind if rule else Kind.PRIORITY_THEN_NEAREST


def _point_of(destination: PostalAddress) -> Point | None:
    place = geography.find_postal_code(destination.postal_code, destination.country)
    return place.point if place else None


def _distance(location: Location, target: Point | None) -> float:
    if target is None or location.latitude is None or location.longitude is None:
        return FAR_AWAY
    return geography.distance_km((location.latitude, location.longitude), target)
