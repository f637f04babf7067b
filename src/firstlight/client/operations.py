"""All operations, put together."""

from firstlight.client.access import AccessOperations
from firstlight.client.device import DeviceOperations
from firstlight.client.provisioning import ProvisioningOperations
from firstlight.client.registry import RegistryOperations


class Operations(DeviceOperations, AccessOperations, ProvisioningOperations, RegistryOperations):
    """Every operation of the daemon's HTTP interface that programs have a use for."""
