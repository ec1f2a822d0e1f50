"""What a handler may ask for by name."""

from litestar.di import Provide

from assets_service.actions.act import Tools
from assets_service.custody.queries import Shares
from assets_service.devices.queries import count_by_office
from assets_service.devices.views import DeviceViews
from assets_service.flags.queries import Flags
from assets_service.kernel.http import provide_form
from assets_service.kernel.jobs import Bell
from assets_service.kernel.metrics import Metrics
from assets_service.kernel.store import Derived, Store
from assets_service.offices.parameters import provide_where
from assets_service.offices.queries import DeviceCounts
from assets_service.photos.reading import PHOTOS, SMALL
from assets_service.programmes.queries import beyond_share
from assets_service.settings import Settings
from assets_service.signing_in.door import provide_db, provide_me, provide_once, provide_stamp, provide_visit


def tools_of(settings: Settings, flags: Flags, bell: Bell | None = None) -> Tools:
    """What commands and views may need of this installation."""
    return Tools(
        settings,
        Store(settings.files_dir, PHOTOS),
        Derived(settings.files_dir, SMALL),
        flags,
        DeviceViews(flags, settings.base_url),
        DeviceCounts(count_by_office),
        Shares(beyond_share),
        bell or Bell(),
    )


def dependencies(tools: Tools, *, figures: Metrics) -> dict[str, Provide]:
    """Who asks and in which language, read from each request; and what is the same for all of them."""
    return {
        "db": Provide(provide_db),
        "stamp": Provide(provide_stamp),
        "once": Provide(provide_once),
        "form": Provide(provide_form),
        "visit": Provide(provide_visit),
        "where": Provide(provide_where),
        "me": Provide(provide_me, sync_to_thread=True),
        "counts": _the_same(tools[DeviceCounts]),
        "shares": _the_same(tools[Shares]),
        "views": _the_same(tools[DeviceViews]),
        "flags": _the_same(tools[Flags]),
        "files": _the_same(tools[Store]),
        "smaller": _the_same(tools[Derived]),
        "settings": _the_same(tools[Settings]),
        "figures": _the_same(figures),
    }


def _the_same(value: object) -> Provide:
    return Provide(lambda: value, sync_to_thread=False)
