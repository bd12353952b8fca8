"""From worn sensors to a recording on disk: find, pair, record, arm, sync, and losing nothing on the way."""
