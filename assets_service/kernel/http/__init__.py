"""HTTP, the same for every room: strict bodies, problem+json, lists with cursors, versions as ETags."""

from assets_service.kernel.http.addresses import read_uuid, refuse_impossible_address, refuse_unreadable_query
from assets_service.kernel.http.files import stored_file
from assets_service.kernel.http.forms import Form, provide_form
from assets_service.kernel.http.listings import Cursor, Limit, Listing, cursor_after, listing, read_cursor, turned
from assets_service.kernel.http.problems import (
    PROBLEM,
    Problem,
    ProblemField,
    Translate,
    as_refusal,
    problem,
    problem_response,
    urn_of,
)
from assets_service.kernel.http.requests import StrictRequest, language_of, request_id_of
from assets_service.kernel.http.versions import VersionChanged, check_if_match, etag

__all__ = [
    "PROBLEM",
    "Cursor",
    "Form",
    "Limit",
    "Listing",
    "Problem",
    "ProblemField",
    "StrictRequest",
    "Translate",
    "VersionChanged",
    "as_refusal",
    "check_if_match",
    "cursor_after",
    "etag",
    "language_of",
    "listing",
    "problem",
    "problem_response",
    "provide_form",
    "read_cursor",
    "read_uuid",
    "refuse_impossible_address",
    "refuse_unreadable_query",
    "request_id_of",
    "stored_file",
    "turned",
    "urn_of",
]
