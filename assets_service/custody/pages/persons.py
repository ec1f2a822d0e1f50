"""One person as a page: who they are, what they hold and held, what an administrator can do; and what one holds oneself."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from assets_service.access.policy import ADMINS, SIGNED_IN
from assets_service.access.stamp import Role
from assets_service.custody import acts, queries
from assets_service.custody.asks import Leaving, Transfer
from assets_service.custody.views import clearance_view, held_view
from assets_service.kernel.errors import Forbidden, Refusal
from assets_service.kernel.http import Form, etag
from assets_service.kernel.pools import Pool
from assets_service.offices import queries as offices
from assets_service.people import acts as people_acts
from assets_service.people import queries as people
from assets_service.people.asks import AmendPerson, NewGrant, NewPassword, NewSignIn
from assets_service.people.views import person_view
from assets_service.web.language import phrase
from assets_service.web.visit import Visit

NOBODY = "nobody"


class PersonPages(Controller):
    path = "/orang/{person_id:int}"
    include_in_schema = False

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def show_person(self, person_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[str]:
        return _person_page(visit, person_id)

    @post(act=people_acts.AMEND, sync_to_thread=True)
    def amend_person(self, person_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_person_page, person_id):
            visit.do(people_acts.AMEND, visit.form.changes(AmendPerson), person_id)
            return visit.done(f"/orang/{person_id}", phrase("Your change is saved."))

    @post("/peran", act=people_acts.GRANT, sync_to_thread=True)
    def grant_role(self, person_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_person_page, person_id):
            visit.do(people_acts.GRANT, visit.form.read(NewGrant), person_id)
            return visit.done(f"/orang/{person_id}", phrase("The role is given. It counts from the next sign-in."))

    @post("/peran/{grant_id:int}/akhir", act=people_acts.END_GRANT, sync_to_thread=True)
    def end_grant(
        self, person_id: FromPath[int], grant_id: FromPath[int], visit: NamedDependency[Visit]
    ) -> Response[Any]:
        with visit.shown_again(_person_page, person_id):
            visit.do(people_acts.END_GRANT, None, person_id, grant_id)
            return visit.done(f"/orang/{person_id}", phrase("The role has ended."))

    @post("/masuk", act=people_acts.GIVE_SIGN_IN, pool=Pool.SIGNING_IN, sync_to_thread=True)
    def give_sign_in(self, person_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_person_page, person_id):
            asked = visit.form.read(NewSignIn, **visit.form.as_typed("password"))
            given = visit.do(people_acts.GIVE_SIGN_IN, asked, person_id)
            said = phrase("{name} signs in as {username} now.")
            return visit.done(f"/orang/{person_id}", said, name=given.name, username=given.username)

    @post("/sandi", act=people_acts.SET_PASSWORD, pool=Pool.SIGNING_IN, sync_to_thread=True)
    def set_password(self, person_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_person_page, person_id):
            asked = visit.form.read(NewPassword, **visit.form.as_typed("password"))
            visit.do(people_acts.SET_PASSWORD, asked, person_id)
            return visit.done(f"/orang/{person_id}", phrase("The password is set; all sessions have ended."))

    @get("/penonaktifan", policy=ADMINS, sync_to_thread=True)
    def leaving(self, person_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[str]:
        """The form that ends somebody's time: it lists what they hold, and asks who holds it next."""
        return _leaving_page(visit, person_id)

    @post("/penonaktifan", act=acts.DEACTIVATE, sync_to_thread=True)
    def deactivate(self, person_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_leaving_page, person_id):
            person = visit.do(acts.DEACTIVATE, visit.form.read(Leaving, **_next_holder(visit.form)), person_id)
            said = phrase("{name} can no longer sign in.") if person.username else phrase("{name} is deactivated.")
            return visit.done(f"/orang/{person_id}", said, name=person.name)

    @post("/pengaktifan", act=people_acts.REACTIVATE, sync_to_thread=True)
    def reactivate(self, person_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_person_page, person_id):
            person = visit.do(people_acts.REACTIVATE, None, person_id)
            said = phrase("{name} can sign in again.") if person.username else phrase("{name} is active again.")
            return visit.done(f"/orang/{person_id}", said, name=person.name)

    @post("/bebas-tanggungan", act=acts.CLEAR, sync_to_thread=True)
    def clear(self, person_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_person_page, person_id):
            cleared = visit.do(acts.CLEAR, None, person_id)
            return visit.done(
                f"/orang/{person_id}", phrase("{name} answers for nothing any more."), name=cleared.person.name
            )

    @get("/kantor", policy=ADMINS, sync_to_thread=True)
    def moving(self, person_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[str]:
        """The form that makes somebody one of another office."""
        return _moving_page(visit, person_id)

    @post("/kantor", act=acts.TRANSFER, sync_to_thread=True)
    def transfer(self, person_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_moving_page, person_id):
            person = visit.do(acts.TRANSFER, visit.form.read(Transfer, **_next_holder(visit.form)), person_id)
            said = phrase("{name} is one of {office} now.")
            return visit.done(f"/orang/{person_id}", said, name=person.name, office=person.office.name)


class MyDevicesPages(Controller):
    path = "/saya"
    include_in_schema = False

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def my_devices(self, visit: NamedDependency[Visit]) -> Response[str]:
        """What one holds and held, for everybody who signs in: a holder without a role sees it too."""
        with visit.reading() as session:
            myself = people.by_id(session, visit.stamp.actor_id or 0, visit.stamp)
            held = [held_view(each) for each in queries.holdings(session, myself, visit.stamp)]
        return visit.page("custody/mine.html", holdings=held, may_open=bool(visit.stamp.rights))


def _next_holder(form: Form) -> dict[str, object]:
    """What a form says of the devices: it offers persons, and nobody."""
    return {"release": True, "successor": None} if form.text("successor") == NOBODY else {}


def _person_page(visit: Visit, person_id: int, refusal: Refusal | None = None) -> Response[str]:
    return _page(visit, "people/show.html", person_id, refusal)


def _leaving_page(visit: Visit, person_id: int, refusal: Refusal | None = None) -> Response[str]:
    return _page(visit, "people/leave.html", person_id, refusal, for_admins=True)


def _moving_page(visit: Visit, person_id: int, refusal: Refusal | None = None) -> Response[str]:
    return _page(visit, "people/move.html", person_id, refusal, for_admins=True)


def _page(
    visit: Visit, template: str, person_id: int, refusal: Refusal | None, *, for_admins: bool = False
) -> Response[str]:
    """The person with what they hold and all that an administrator can do. Raises `NoSuchPerson` and `Forbidden`."""
    with visit.reading() as session:
        person = people.by_id(session, person_id, visit.stamp)
        may_administer = people.may_administer(visit.stamp, person)
        if for_admins and not may_administer:
            raise Forbidden
        content: dict[str, Any] = {
            "person": person_view(person, visit.stamp),
            "version": etag(person.version),
            "holdings": [held_view(each) for each in queries.holdings(session, person, visit.stamp)],
            "others": [
                (each.id, each.name) for each in people.candidates(session, person.office_id) if each.id != person.id
            ],
            "clearance": clearance_view(session, person),
            "may_hand_over": visit.stamp.may(person.office.path, Role.ADMIN)
            or visit.stamp.belongs_to(person.office.path),
            "offices": offices.choices(session, visit.stamp, Role.ADMIN) if may_administer else [],
        }
    is_oneself = visit.stamp.actor_id == person_id
    return visit.page(template, refusal, may_administer=may_administer, is_oneself=is_oneself, **content)
