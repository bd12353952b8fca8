"""The product's only door to Bluetooth.

    async with Radio() as radio:  # the system's; Radio("usb:0") speaks to a dongle itself
        found = await scan(radio, seconds=5.0, services=[SERVICE])
        async with connect(found[0], radio=radio, clock=HostClock.start()) as link:
            ...

`radio` says which Bluetooth; `scan`, `connect` and `again` use it; `reasons` turns what operating systems
raise into lines a user can act on. `controller` and the two `bumble_*` modules are bleak's backend for a
controller that is spoken to directly: virtual air in tests, any HCI dongle otherwise.
"""
