; Calls of BIOS services, row by row: a vector, then AX, BX, CX and DX before it. What is in these registers afterwards, CF and ZF, and the first
; byte at 2000:0000 go to port 0xE9, a line a row. With HARD_DISK the image is one, with a partition; otherwise it is a diskette of 1.44 MB.
bits 16
org 0x7c00
BUFFER equ 0x2000
ROWS equ 0x7e00

start:
    cli
    xor ax, ax
    mov ds, ax
    mov ss, ax
    mov sp, 0x7c00
    mov [drive], dl
    mov es, ax
    mov bx, ROWS
    mov ax, 0x0200 + ROW_SECTORS
    mov cx, 2
    mov dh, 0
    sti
    int 0x13
    jc end
    mov si, ROWS
row:
    lodsb
    test al, al
    jz end
    mov [number], al
    mov ax, BUFFER
    mov es, ax
    mov byte [es:0], 0xee
    mov ax, [si]
    mov bx, [si + 2]
    mov cx, [si + 4]
    mov dx, [si + 6]
    add si, 8
    push si
    mov si, packet
    clc
    db 0xcd
number: db 0
    pushf
    push word 0
    pop ds
    push dx
    push cx
    push bx
    push ax
    pop ax
    call word_out
    pop ax
    call word_out
    pop ax
    call word_out
    pop ax
    call word_out
    pop ax
    and ax, 0x41
    call word_out
    mov ax, BUFFER
    mov es, ax
    mov al, [es:0]
    call byte_out
    mov al, 10
    out 0xe9, al
    pop si
    jmp row
end:
    mov al, 0
    out 0xf4, al
    cli
    hlt

word_out:
    push ax
    mov al, ah
    call byte_out
    pop ax
    call byte_out
    mov al, ' '
    out 0xe9, al
    ret
byte_out:
    push ax
    shr al, 4
    call digit_out
    pop ax
    and al, 15
digit_out:
    add al, '0'
    cmp al, '9'
    jbe .out
    add al, 'a' - '0' - 10
.out:
    out 0xe9, al
    ret

drive: db 0
packet: db 16, 0, 1, 0
    dw 0, BUFFER
    dq 100
    times 0x1be - ($ - $$) db 0
%ifdef HARD_DISK
    db 0x80, 0, 2, 0, 0x83, 0, 0, 0
    dd 1, SECTORS - 1
%endif
    times 510 - ($ - $$) db 0
    dw 0xaa55

%macro ask 5
    db %1
    dw %2, %3, %4, %5
%endmacro
%ifdef HARD_DISK
D equ 0x80
SECTORS equ 8000
%else
D equ 0
SECTORS equ 2880
%endif
ROW_SECTORS equ 4

    ; INT 13h: reads by place, good ones and bad ones
    ask 0x13, 0x0000, 0, 1, D
    ask 0x13, 0x0201, 0, 1, D
    ask 0x13, 0x0201, 0, 18, D
    ask 0x13, 0x0201, 0, 19, D
    ask 0x13, 0x0201, 0, 0, D
    ask 0x13, 0x0201, 0, 64, D
    ask 0x13, 0x0201, 0, 1, 0x0100 | D
    ask 0x13, 0x0201, 0, 1, 0x0200 | D
    ask 0x13, 0x0201, 0, 1, 0x1000 | D
    ask 0x13, 0x0201, 0, 0x0501, D
    ask 0x13, 0x0201, 0, 0x4f12, 0x0100 | D
    ask 0x13, 0x0201, 0, 0x5001, D
    ask 0x13, 0x0200, 0, 1, D
    ask 0x13, 0x0281, 0, 1, D
    ask 0x13, 0x0100, 0, 1, D
    ask 0x13, 0x0401, 0, 2, D
    ; what is written is read again
    ask 0x13, 0x0301, 0, 0x0505, D
    ask 0x13, 0x0201, 0, 0x0505, D
    ; what the drive is, and drives that are not there
    ask 0x13, 0x1500, 0, 0, D
    ask 0x13, 0x1500, 0, 0, D ^ 0x80
    ask 0x13, 0x0800, 0, 0, D ^ 0x80
    ask 0x13, 0x0201, 0, 1, D ^ 0x80
    ask 0x13, 0x0201, 0, 1, D + 1
%ifdef HARD_DISK
    ask 0x13, 0x0800, 0, 0, D
    ask 0x13, 0x4100, 0x55aa, 0, D
    ask 0x13, 0x4200, 0, 0, D
    ask 0x13, 0x4400, 0, 0, D
    ask 0x13, 0x4700, 0, 0, D
%else
    ask 0x13, 0x4100, 0x55aa, 0, D
%endif
    ask 0x13, 0x0900, 0, 0, D
    ask 0x13, 0x0c00, 0, 0, D
    ask 0x13, 0x1000, 0, 0, D
    ask 0x13, 0x1100, 0, 0, D
    ask 0x13, 0x1600, 0, 0, D
    ask 0x13, 0x4600, 0, 0, D
    ask 0x13, 0xff00, 0, 0, D
    ; memory and system
    ask 0x12, 0, 0, 0, 0
    ask 0x15, 0x4f1e, 0, 0, 0
    ask 0x15, 0x2401, 0, 0, 0
    ask 0x15, 0x2402, 0, 0, 0
    ask 0x15, 0x2403, 0, 0, 0
    ask 0x15, 0x2404, 0, 0, 0
    ask 0x15, 0x8600, 0, 0, 1000
    ask 0x15, 0x9000, 0, 0, 0
    ask 0x15, 0xc300, 0, 0, 0
    ask 0x15, 0xe820, 0, 0, 0
    ask 0x1a, 0x0100, 0, 0, 0
    ask 0x1a, 0x0800, 0, 0, 0
    ; keyboard without a key
    ask 0x16, 0x0100, 0, 0, 0
    ask 0x16, 0x0200, 0, 0, 0
    ask 0x16, 0x0500, 0, 0x1e61, 0
    ask 0x16, 0x0100, 0, 0, 0
    ask 0x16, 0x0000, 0, 0, 0
    ask 0x16, 0x0900, 0, 0, 0
    ask 0x16, 0x0a00, 0, 0, 0
    ask 0x16, 0x1200, 0, 0, 0
    ; screen
    ask 0x10, 0x0003, 0, 0, 0
    ask 0x10, 0x0200, 0, 0, 0x184f
    ask 0x10, 0x0e41, 7, 0, 0
    ask 0x10, 0x0300, 0, 0, 0
    ask 0x10, 0x0200, 0, 0, 0x0203
    ask 0x10, 0x0942, 0x4e, 3, 0
    ask 0x10, 0x0800, 0, 0, 0
    ask 0x10, 0x0a43, 0, 1, 0
    ask 0x10, 0x0800, 0, 0, 0
    ask 0x10, 0x0f00, 0, 0, 0
    ask 0x10, 0x1a00, 0, 0, 0
    ask 0x10, 0x1201, 0x10, 0, 0
    ask 0x10, 0x0013, 0, 0, 0
    ask 0x10, 0x0c29, 0, 5, 7
    ask 0x10, 0x0d00, 0, 5, 7
    ask 0x10, 0x0f00, 0, 0, 0
    ask 0x10, 0x0004, 0, 0, 0
    ask 0x10, 0x0c03, 0, 5, 7
    ask 0x10, 0x0c81, 0, 5, 7
    ask 0x10, 0x0d00, 0, 5, 7
    ask 0x10, 0x0003, 0, 0, 0
    ; vectors that are nobody's
    ask 0x05, 0x1234, 0, 0, 0
    ask 0x21, 0x0900, 0, 0, 0
    db 0
    times 512 * (1 + ROW_SECTORS) - ($ - $$) db 0
%assign sector 1 + ROW_SECTORS
%rep SECTORS - 1 - ROW_SECTORS
    times 512 db sector & 0xff
%assign sector sector + 1
%endrep
