"""What is served inside the SoftAP of Provisioning Mode, and nowhere else."""
