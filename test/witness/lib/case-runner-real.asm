; case-runner-real.asm - the part of case-runner.asm that begins and ends cases of real-address mode.
; What runs at LOW: 16-bit code, its labels relative to LOW_SEGMENT.
bits 16
low:
        lidt [cs:CURRENT - LOW + IDTR_ + 2]
        mov eax, [cs:CURRENT - LOW + CR0_]
        mov cr0, eax
        jmp LOW_SEGMENT:.real - low
.real:  mov ax, cs
        mov ss, ax
        mov sp, LOW_STACK
        push dword [cs:CURRENT - LOW + FRAME + 8]
        popfd
        mov es, [cs:CURRENT - LOW + FRAME + 20]
        mov fs, [cs:CURRENT - LOW + FRAME + 28]
        mov gs, [cs:CURRENT - LOW + FRAME + 32]
        mov edi, [cs:CURRENT - LOW + GENERAL]
        mov esi, [cs:CURRENT - LOW + GENERAL + 4]
        mov ebp, [cs:CURRENT - LOW + GENERAL + 8]
        mov ebx, [cs:CURRENT - LOW + GENERAL + 16]
        mov edx, [cs:CURRENT - LOW + GENERAL + 20]
        mov ecx, [cs:CURRENT - LOW + GENERAL + 24]
        mov eax, [cs:CURRENT - LOW + GENERAL + 28]
        mov ds, [cs:CURRENT - LOW + FRAME + 24]
        mov ss, [cs:CURRENT - LOW + FRAME + 16]
        mov esp, [cs:CURRENT - LOW + FRAME + 12]
        jmp dword far [cs:CURRENT - LOW + FRAME]
align 16
real_stubs:
%assign vector 0
%rep 32
        mov byte [cs:RESULT - LOW], vector
        jmp real_collect
        align 16
%assign vector vector + 1
%endrep
        mov byte [cs:RESULT - LOW], END_OF_CASE
; The handler of real-address mode: no error code, a frame of three half words on the case's stack.
real_collect:
        mov [cs:RESULT - LOW + 32], eax
        pop word [cs:RESULT - LOW + 12]
        pop word [cs:RESULT - LOW + 16]
        pop word [cs:RESULT - LOW + 20]
        mov [cs:RESULT - LOW + 36], ecx
        mov [cs:RESULT - LOW + 40], edx
        mov [cs:RESULT - LOW + 44], ebx
        mov [cs:RESULT - LOW + 48], ebp
        mov [cs:RESULT - LOW + 52], esi
        mov [cs:RESULT - LOW + 56], edi
        mov [cs:RESULT - LOW + 60], ds
        mov [cs:RESULT - LOW + 64], es
        mov [cs:RESULT - LOW + 68], fs
        mov [cs:RESULT - LOW + 72], gs
        mov [cs:RESULT - LOW + 24], esp
        mov [cs:RESULT - LOW + 28], ss
        push word 0                             ; over the frame: its flags may be undefined
        push word 0
        push word 0
        add sp, 6
        mov ax, cs
        mov ss, ax
        mov sp, LOW_STACK
        pushfd
        pop eax
        shr eax, 16
        mov [cs:RESULT - LOW + 22], ax
        push dword 2
        popfd
        mov eax, cr0
        mov [cs:RESULT - LOW + 76], eax
        or al, 1
        o32 lgdt [cs:low_gdt_pointer - low]
        mov cr0, eax
        jmp dword 0x08:from_real
low_gdt_pointer:
        dw gdt_end - gdt - 1
        dd gdt
low_end:

bits 32
from_real:
        mov eax, 0x10
        mov ds, eax
        jmp collected
