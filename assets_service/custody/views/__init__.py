"""What is shown: shipments and holders."""

from assets_service.custody.views.holdings import (
    HeldView,
    HoldingView,
    PackedView,
    held_view,
    holding_result,
    packed_view,
)
from assets_service.custody.views.shipments import (
    DocumentView,
    FindingView,
    LineView,
    ReviewedLine,
    ReviewView,
    ShipmentSummary,
    ShipmentView,
    review_view,
    shipment_result,
    shipment_summary,
    shipment_view,
)

__all__ = [
    "DocumentView",
    "FindingView",
    "HeldView",
    "HoldingView",
    "LineView",
    "PackedView",
    "ReviewView",
    "ReviewedLine",
    "ShipmentSummary",
    "ShipmentView",
    "held_view",
    "holding_result",
    "packed_view",
    "review_view",
    "shipment_result",
    "shipment_summary",
    "shipment_view",
]
