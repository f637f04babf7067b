"""What somebody sends along when they ask for help."""

from starlette.responses import Response

from firstlight.errors import Busy
from firstlight.web.api.endpoint import Call, Endpoint

ZIP = "application/zip"


async def support(call: Call) -> Response:
    """A support bundle, made for this request."""
    name = f"firstlight-support-{call.service.device_id or 'device'}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(await call.service.support_bundle(), headers=headers, media_type=ZIP)


SUPPORT = (
    Endpoint(
        method="GET",
        path="/api/support",
        summary="A support bundle: a ZIP file of text, with every secret taken out",
        handle=support,
        answer=bytes,
        media=(ZIP,),
        headers={"Content-Disposition": "A name for the file."},
        errors=(Busy,),
    ),
)
