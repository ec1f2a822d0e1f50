"""A device's proof as a file to keep, from its page."""

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from assets_service.access.policy import SIGNED_IN
from assets_service.access.stamp import Stamp
from assets_service.kernel.db import Database
from assets_service.seals.answers import kept_proof
from assets_service.seals.proofs import proof_of_device


class ProofPages(Controller):
    path = "/perangkat/{code:str}/bukti"
    include_in_schema = False

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def take_proof(
        self, code: FromPath[str], stamp: NamedDependency[Stamp], db: NamedDependency[Database]
    ) -> Response[str]:
        with db.reading() as session:
            entry, proof = proof_of_device(session, code, stamp)
        return kept_proof(entry.subject, proof)
