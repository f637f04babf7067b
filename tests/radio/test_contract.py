"""The suite of ``tests/contract`` on real NetworkManager and wpa_supplicant."""

import os

from tests.contract import (
    test_radio_hotspot,
    test_radio_profiles,
    test_radio_saved,
    test_radio_scan,
    test_radio_softap,
    test_radio_trial,
)

WHOLE = os.environ.get("LAB_CONTRACT") == "all"

# An emulated machine takes ten to twenty seconds a case. What stands first runs every time: it
# shows what no other case of every time shows. The others come with the lengthy ones, and
# LAB_CONTRACT=all runs the whole suite.
EVERY_TIME = (
    test_radio_profiles.test_settling_keeps_what_was_promoted_before_the_kill,
    test_radio_saved.test_a_rehearsal_leaves_the_hotspot_and_its_guests_alone,
)
LENGTHY = (
    test_radio_scan.test_a_scan_of_some_channels_hears_those,
    test_radio_trial.test_abandoning_a_working_trial_brings_the_old_network_back,
    test_radio_trial.test_abandoning_brings_the_hotspot_back,
    test_radio_profiles.test_a_restarted_manager_ends_a_trial,
    test_radio_hotspot.test_other_settings_update_the_same_profile,
    test_radio_hotspot.test_a_station_with_the_right_password_is_listed,
    test_radio_saved.test_it_leaves_one_network_for_another,
    test_radio_saved.test_leaving_ends_what_was_begun,
)
WANTED = {*EVERY_TIME, *(LENGTHY if os.environ.get("LAB") == "all" else ())}

for suite in (
    test_radio_scan,
    test_radio_trial,
    test_radio_saved,
    test_radio_profiles,
    test_radio_hotspot,
    test_radio_softap,
):
    for name, case in vars(suite).items():
        if name.startswith("test_") and (case in WANTED or WHOLE):
            globals()[name] = case
