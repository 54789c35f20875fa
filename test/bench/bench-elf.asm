; bench-elf.asm - tests A..E of bench.asm as an ELF32 executable with a Multiboot header, for emulators that start a guest in
; protected mode. Same instructions, same results. Build: nasm -f bin bench-elf.asm -o bench-elf.img
; (small-elf.img: with the -D options of small.rom, see README.md).
%define ELF
bits 32
section .headers start=0 vstart=0
        db 0x7f, 'ELF', 1, 1, 1, 0
        times 8 db 0
        dw 2, 3                                 ; ET_EXEC, EM_386
        dd 1, start_elf, 52, 0, 0               ; version, entry, program headers, no sections, flags
        dw 52, 32, 1, 40, 0, 0
        dd 1, 0x1000, 0x100000, 0x100000, image_size, image_size, 7, 0x1000
        dd 0x1badb002, 0, -0x1badb002           ; Multiboot header: magic, flags, checksum

section .text start=0x1000 vstart=0x100000
image_start:
start_elf:
    lgdt [gdtr]
    jmp 8:pm32
%include "bench.asm"
image_size equ $ - image_start
