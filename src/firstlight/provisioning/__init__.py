"""Pure decisions of provisioning: the SoftAP, a controller's session, a target's claim."""
