; loader.asm - a 64 KiB ROM that stands in for BIOS and boot loader, so that Bochs can run an ELF image.
; It enters flat 32-bit protected mode, copies the image's segments to their physical addresses, clears the rest of each
; and jumps to the entry point as a Multiboot loader would: EAX = 0x2badb002, EBX = 0, paging off, IF = 0. The interrupt controllers
; are as a BIOS leaves them: lines 0 to 7 have the vectors 8 to 15, lines 8 to 15 the vectors 0x70 to 0x77; all are masked.
; rom.ts fills in the table at TABLE and the segments' bytes behind it, then the reset vector is already in place.
; Not part of the scenarios: nothing in here faults or uses INT, so the log begins with the guest's own first event.

ROM             equ 0xf0000                     ; where real mode and the first megabyte see the last 64 KiB of ROM
TABLE           equ 0x200                       ; dd entry, count; then count times: dd offset, address, file size, memory size
org ROM

bits 16
start:
        cli
        cld
        in al, 0x92
        or al, 2                                ; A20 on
        and al, 0xfe                            ; bit 0 would reset the machine
        out 0x92, al
        mov al, 0x11                            ; ICW1 of both 8259: edge-triggered, cascaded, ICW4 follows
        out 0x20, al
        out 0xa0, al
        mov al, 0x08                            ; ICW2: the vector of line 0
        out 0x21, al
        mov al, 0x70                            ; ICW2: of line 8
        out 0xa1, al
        mov al, 1 << 2                          ; ICW3: where the second hangs
        out 0x21, al
        mov al, 2
        out 0xa1, al
        mov al, 0x01                            ; ICW4: 8086 mode
        out 0x21, al
        out 0xa1, al
        mov al, 0xff                            ; mask: no line gets through
        out 0x21, al
        out 0xa1, al
        o32 lgdt [cs:gdt_pointer - start]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp dword 0x08:protected_mode

bits 32
protected_mode:
        mov eax, 0x10
        mov ds, eax
        mov es, eax
        mov fs, eax
        mov gs, eax
        mov ss, eax
        mov edx, [ROM + TABLE + 4]
        mov ebx, ROM + TABLE + 8
next_segment:
        mov esi, [ebx]
        add esi, ROM
        mov edi, [ebx + 4]
        mov ecx, [ebx + 8]
        mov ebp, [ebx + 12]
        sub ebp, ecx
        rep movsb
        xor eax, eax
        mov ecx, ebp
        rep stosb
        add ebx, 16
        dec edx
        jnz next_segment
        mov edi, [ROM + TABLE]
        xor ebx, ebx
        xor ecx, ecx
        xor edx, edx
        xor esi, esi
        xor ebp, ebp
        mov eax, 0x2badb002
        jmp edi

align 8
gdt:    dq 0
        dq 0x00cf9a000000ffff
        dq 0x00cf92000000ffff
gdt_pointer:
        dw 23
        dd gdt
        times TABLE - ($ - $$) db 0
        times 0xfff0 - ($ - $$) db 0
bits 16
        db 0xea
        dw 0, ROM >> 4                          ; jmp 0xf000:0, the first instruction after reset
        times 0x10000 - ($ - $$) db 0
