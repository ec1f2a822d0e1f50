from assets_service.kernel.errors import Conflict, FieldProblem


class ActionReused(Conflict):
    """The id stands for another act, other content or another person.

    `act` and `result` are what the caller's own act of this id was and came to; None where it was somebody else's.
    """

    message = "This action id was already used for something else. Make a new one."

    def __init__(
        self, *problems: FieldProblem, act: str | None = None, result: bytes | None = None, **facts: object
    ) -> None:
        super().__init__(*problems, **facts)
        self.act = act
        self.result = result


class FormReused(Conflict):
    message = "This form was already used for something else. Open it again from its page."


class SentBefore(Conflict):
    """The form was sent before, and came to what stands at `link`; what was changed in it since is not saved."""

    title = "Already sent"
    message = "This form was already sent, and this is what came of it. What you changed since then is not saved; to send it as a new one, send it again."

    def __init__(self, *problems: FieldProblem, link: str) -> None:
        super().__init__(*problems, link=link)
        self.link = link


class ActionUnderWay(Conflict):
    message = "This action is being carried out at this moment. Ask again in a second."
