/* What Python sees of the core: plain declarations, read by the C compiler and by cffi alike. */

/* A whole sensor in memory: the core, a flash, a motion chip that is fed, a radio that is emptied. */
struct core_board;

/* `flash` holds `sectors` of 4096 bytes and lives as long as the board; what lies there is what a power cut left. */
struct core_board *core_board_make(uint8_t *flash, uint32_t sectors, uint64_t time_us);
void core_board_free(struct core_board *board);

void core_board_connected(struct core_board *board, uint16_t payload);
void core_board_disconnected(struct core_board *board);
void core_board_write(struct core_board *board, uint8_t channel, const uint8_t *bytes, size_t count);
void core_board_battery(struct core_board *board, uint8_t percent, uint16_t millivolts);

/* Lets the clock show `time_us` and the core do what is due; at most `room` notifications go out. True: poll again. */
bool core_board_poll(struct core_board *board, uint64_t time_us, uint32_t room);

/* The oldest notification, taken out: its size, 0 where there is none. `bytes` has room for 512. */
size_t core_board_sent(struct core_board *board, uint8_t *channel, uint8_t *bytes);

/* How often the chip was started, and the setting it measures with; -1 while it is stopped. */
uint32_t core_board_starts(const struct core_board *board);
int core_board_setting(const struct core_board *board);

/* The chip measured these: six int16 each, and when. False, and none taken, where its FIFO has no room for them. */
bool core_board_measured(struct core_board *board, const int16_t *counts, const uint64_t *time_us, uint32_t count);

/* 0: there is no log, 1: one has ended, 2: one runs. */
int core_board_log(const struct core_board *board);

bool core_board_blinks(const struct core_board *board);

/* Codecs. Sizes are 0 and truths false where the core says no. */
uint16_t core_crc16(const uint8_t *bytes, size_t count);
uint32_t core_crc32(const uint8_t *bytes, size_t count);
bool core_setting_whole(uint8_t code);
size_t core_frame_encode(uint8_t *out, size_t room, uint8_t flags, uint16_t sequence, uint32_t time_us,
                         uint8_t setting, uint8_t samples, const uint8_t *counts);

/* 0: whole, 1: may be the beginning of a frame, 2: none. */
int core_frame_decode(const uint8_t *bytes, size_t count, uint8_t *flags, uint16_t *sequence, uint32_t *time_us,
                      uint8_t *setting, uint8_t *samples, size_t *size);
void core_head_encode(uint8_t *out, uint16_t generation, uint16_t sector, uint32_t boot, uint64_t time_us,
                      uint8_t setting);
bool core_head_decode(const uint8_t *bytes, uint16_t *generation, uint16_t *sector, uint32_t *boot,
                      uint64_t *time_us, uint8_t *setting);

/* False: there is nobody to answer. `known` is bytes of the value of that tag, null where the request lacks it. */
bool core_request(const uint8_t *bytes, size_t count, uint8_t tag, bool *whole, uint8_t *id, uint8_t *command,
                  uint32_t *number, uint8_t *six, bool *has);

/* The notifications of an answer, one after the other; their sizes in `sizes`, which has room for 16. */
size_t core_answer(uint8_t id, uint8_t command, uint8_t refusal, const uint8_t *tags, const uint64_t *values,
                   size_t fields, size_t payload, uint8_t *out, uint8_t *sizes);
size_t core_sync_reply(const uint8_t *token, size_t count, uint64_t came_us, uint32_t boot, uint64_t now_us,
                       uint8_t *out);

/* The place for new firmware of a board, which takes every image that begins with the byte `trusted`. */
struct core_slot;
struct core_slot *core_slot_make(size_t room, uint8_t trusted);
void core_slot_free(struct core_slot *slot);
void core_slot_open(struct core_slot *slot, uint64_t now_us);
int core_slot_write(struct core_slot *slot, const uint8_t *bytes, size_t count, uint64_t now_us);
void core_slot_state(struct core_slot *slot, uint8_t *six, uint64_t now_us);

/* What lies there, and how much of it. */
const uint8_t *core_slot_image(const struct core_slot *slot, size_t *size);
