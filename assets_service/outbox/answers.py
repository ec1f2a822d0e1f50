"""What became of acts, in the words of whoever reads it now."""

from typing import Any

from litestar import Request
from msgspec import UNSET

from assets_service.kernel.http import Problem, ProblemField, language_of, request_id_of, urn_of
from assets_service.outbox.errors import KeptRefusal, facts_of
from assets_service.outbox.taking import Batched, Taken
from assets_service.outbox.views import ActionAnswer, BatchAnswer, Say


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


def batch_answer(taken: Batched, say: Say) -> BatchAnswer:
    return BatchAnswer([_answered(each, say) for each in taken.each], empty=taken.is_signed_out)


def _answered(taken: Taken, say: Say) -> ActionAnswer:
    answer = taken.answer
    return ActionAnswer(
        id=taken.id,
        status=answer.status,
        ledger_seq=UNSET if answer.ledger_seq is None else answer.ledger_seq,
        until=answer.until or UNSET,
        problem=say(answer.problem) if answer.problem else UNSET,
        marks=answer.marks or UNSET,
    )
