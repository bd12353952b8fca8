"""MetaMotion R, RL and S: `protocol` is bytes and messages, `device` the driver, `usb` the cable of an S."""
