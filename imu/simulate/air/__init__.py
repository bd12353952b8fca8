"""The virtual radio world: virtual sensors on the air, and as many computers as attach to it.

`python -m imu.simulate.air --config world.json` is the world as a process, `launch.launch` starts one, and
`world.world` is the same inside a test. Whoever attaches speaks HCI to a controller of his own over TCP, so
everything above the radio is what runs on a real dongle. `remote.AirControl` moves sensors out of range,
changes the link and skips time.

    {"sensors": {"shank_left": {"kind": "metamotion", "serial": "0541A7"}}, "runner": {}, "link": {},
     "state": "world-state.json"}
"""
