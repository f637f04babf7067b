"""Carries out what was asked for over MQTT."""

from firstlight.core.telemetry.commands import Asked, Order, refused
from firstlight.errors import FirstlightError
from firstlight.model.ladder import Diagnostics
from firstlight.model.mqtt import (
    CommandAnswer,
    DiagnoseOrder,
    ProvisioningOrder,
    RecoverOrder,
)
from firstlight.model.wire import RestartBody
from firstlight.web.service import DeviceService


async def carry_out(asked: Asked, service: DeviceService) -> CommandAnswer:
    """Do it, and say what became of it. Raises nothing that the device refuses with."""
    if asked.refusal is not None or asked.order is None or asked.command is None:
        return asked.refusal or CommandAnswer(command=asked.command, ok=False)
    try:
        found = await _do(asked.order, service)
    except FirstlightError as error:
        return refused(asked.command, error)
    return CommandAnswer(command=asked.command, ok=True, diagnostics=found)


async def _do(order: Order, service: DeviceService) -> Diagnostics | None:
    match order:
        case RecoverOrder():
            await service.trigger_recovery()
        case RestartBody(reason=reason, scope=scope):
            await service.restart(reason, scope)
        case ProvisioningOrder(on=True, force=force):
            await service.provisioning_mode.switch_on(force=force)
        case ProvisioningOrder():
            await service.provisioning_mode.switch_off()
        case DiagnoseOrder():
            return await service.diagnose()
    return None
