# RV32IMC as in an ESP32-C3, with picolibc, run by QEMU, which counts instructions:
# cmake -S firmware -B build --toolchain firmware/rv32/toolchain.cmake -DRS_SANITIZE=OFF
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR riscv32)
set(CMAKE_C_COMPILER riscv64-unknown-elf-gcc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_C_FLAGS_INIT "--specs=picolibc.specs -march=rv32imc -mabi=ilp32")
set(CMAKE_EXE_LINKER_FLAGS_INIT "--crt0=hosted --oslib=semihost \
-Wl,--defsym=__flash=0x80000000,--defsym=__flash_size=4M,--defsym=__ram=0x80400000,--defsym=__ram_size=60M")
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-system-riscv32 -M virt -m 64M -bios none -nographic -icount shift=0
    -semihosting-config enable=on,target=native -kernel)
