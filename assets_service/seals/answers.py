"""What pages and programs are answered alike: a proof as a file."""

from litestar import Response

from assets_service.tlog.proof import Proof

TEXT = "text/plain"


def kept_proof(code: str, proof: Proof) -> Response[str]:
    """The proof as text, to be kept under the device's code."""
    headers = {"content-disposition": f'attachment; filename="{code}.tlog-proof"'}
    return Response(str(proof), media_type=TEXT, headers=headers)
