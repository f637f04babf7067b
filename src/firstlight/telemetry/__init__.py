"""Telling others how the device is: MQTT, and metrics for Prometheus."""
