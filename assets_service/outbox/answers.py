"""Refusals that were kept, in the words of whoever reads them now."""

from typing import Any

from litestar import Request

from assets_service.kernel.http import Problem, ProblemField, language_of, request_id_of, urn_of
from assets_service.outbox.errors import KeptRefusal, facts_of
from assets_service.outbox.views import Say


def in_words_of(request: Request[Any, Any, Any]) -> Say:
    """Refusals that were kept, in the language of whoever asks now."""
    language, translate = language_of(request), request.app.state.translate

    def said(kept: KeptRefusal) -> Problem:
        return Problem(
            type=urn_of(kept.type),
            title=translate(language, kept.title, {}),
            status=kept.status,
            detail=translate(language, kept.message, facts_of(kept.facts)),
            errors=[
                ProblemField(each.pointer, translate(language, each.message, facts_of(each.facts)))
                for each in kept.fields
            ],
            request_id=request_id_of(request),
        )

    return said
