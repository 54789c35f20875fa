; v86-round-trip - an 8086 program in virtual-8086 mode, and its monitor in ring 0. IRETD with VM set goes in; what the program may not do by
; itself comes out as #GP(0): CLI, STI, INT n, IRET, IN and HLT, as IOPL is 0. The monitor looks at the instruction, does it in the frame and in
; the program's memory, and goes back in. Its interrupt flag for the program is VIF in the saved EFLAGS. While the program has interrupts off
; the monitor gets a tick for it: VIP says so, and STI is the moment to deliver it.
; Then the same again with CR4.VME, where the processor has one: CLI, STI and IRET work on VIF, INT 60H goes to the program's own handler by a
; bit map in the TSS, and of the traps only those are left that the monitor is needed for.
; Build: nasm -f bin -I traces/ -o traces/v86-round-trip.img traces/v86-round-trip.asm   (or npm run traces)
%include "lib/scenario.inc"

PROGRAM_SEGMENT equ 0x1000                              ; paragraph of the page that is the program's code, data and stack
user_program    equ PROGRAM_SEGMENT << 4                ; where it runs
address_symbol user_program
EFLAGS_VM       equ 1 << 17
EFLAGS_VIF      equ 1 << 19
EFLAGS_VIP      equ 1 << 20
FLAGS_IOPL3     equ 3 << 12
CR4_VME         equ 1
CPUID_VME       equ 1 << 1
TICK            equ 8                                   ; vector of the program's timer interrupt
OWN             equ 0x60                                ; vector the program calls itself by
DOS             equ 0x21                                ; vector the monitor answers
VIRTUAL_PORT    equ 0x61                                ; port the monitor answers

V86_TSS         equ MORE_DESCRIPTORS
%macro more_descriptors 0
        segment_descriptor data_address(v86_tss), v86_tss_end - v86_tss - 1, TSS32_AVAILABLE, BYTES16
%endmacro

; The frame out of virtual-8086 mode, above PUSHAD's registers
SAVED_EAX       equ 28
FRAME_EIP       equ 36
FRAME_CS        equ 40
FRAME_EFLAGS    equ 44
FRAME_ESP       equ 48
FRAME_SS        equ 52
FRAME_DS        equ 60

; ------------------------------------------------------------------ ring 0: start
kernel_code
function kernel_start
        mov esp, kernel_stack_top
        call set_up_com1
        call load_gdt
        call load_idt
        mov eax, V86_TSS
        ltr ax
        call build_page_tables
        map_identity kernel_page_table, 0, PAGE, PAGE_PRESENT | PAGE_WRITABLE
        map_identity kernel_page_table, user_program, user_program + PAGE, PAGE_PRESENT | PAGE_WRITABLE | PAGE_USER
        or dword [page_directory], PAGE_USER
        mov dword [OWN * 4], PROGRAM_SEGMENT << 16 | (own_handler - program)
        mov dword [TICK * 4], PROGRAM_SEGMENT << 16 | (tick_handler - program)
        call enable_paging
        mov esi, trapping_text
        call print

function enter_program
        mov esi, program
        mov edi, user_program
        mov ecx, program_end - program
        cld
        rep movsb
        mov esp, kernel_stack_top
        push dword 0                                    ; GS
        push dword 0                                    ; FS
        push dword PROGRAM_SEGMENT                      ; DS
        push dword PROGRAM_SEGMENT                      ; ES
        push dword PROGRAM_SEGMENT                      ; SS
        push dword PAGE                                 ; SP: the end of the page
        push dword EFLAGS_VM | EFLAGS_VIF | EFLAGS_FIXED ; IOPL 0, IF 0
        push dword PROGRAM_SEGMENT                      ; CS
        push dword 0                                    ; IP
instruction into_v86
        iret

; ------------------------------------------------------------------ ring 0: the monitor
function kernel_entry_general_protection
        pushad
        mov eax, KERNEL_DS                              ; they were pushed and are null
        mov ds, eax
        mov es, eax
        mov ebp, esp
        test dword [ebp + FRAME_EFLAGS], EFLAGS_VM
        jz unexpected_exception
        inc dword [traps]
        movzx ebx, word [ebp + FRAME_CS]
        shl ebx, 4
        add ebx, [ebp + FRAME_EIP]
        inc word [ebp + FRAME_EIP]                      ; all but INT n and IN have one byte
        mov al, [ebx]
        cmp al, 0xfa
        je emulate_cli
        cmp al, 0xfb
        je emulate_sti
        cmp al, 0xcf
        je emulate_iret
        cmp al, 0xf4
        je program_done
        inc word [ebp + FRAME_EIP]
        movzx eax, byte [ebx + 1]
        cmp byte [ebx], 0xcd
        je emulate_int
        cmp byte [ebx], 0xe4
        jne unexpected_exception

; IN AL, imm8: there is no such device, the monitor is it
emulate_in:
        cmp al, VIRTUAL_PORT
        jne unexpected_exception
        mov byte [ebp + SAVED_EAX], '!'
        jmp back

emulate_cli:
        and dword [ebp + FRAME_EFLAGS], ~EFLAGS_VIF
        jmp back

; STI, or an STI that found VIP set
emulate_sti:
        or dword [ebp + FRAME_EFLAGS], EFLAGS_VIF
        btr dword [ebp + FRAME_EFLAGS], 20              ; VIP
        jnc back
        mov eax, TICK
        jmp reflect

emulate_int:
        cmp al, DOS
        jne reflect
; AH = 9: print the text at DS:DX up to "$". Meanwhile a tick comes for the program.
        movzx esi, word [ebp + FRAME_DS]
        shl esi, 4
        movzx edx, dx
        add esi, edx
.next:  mov al, [esi]
        cmp al, '$'
        je .done
        call print_character
        inc esi
        jmp .next
.done:  test dword [ebp + FRAME_EFLAGS], EFLAGS_VIF
        jnz back
        or dword [ebp + FRAME_EFLAGS], EFLAGS_VIP
        jmp back

; reflect: the interrupt EAX as an 8086 delivers it, in the program's memory
reflect:
        sub word [ebp + FRAME_ESP], 6
        movzx edi, word [ebp + FRAME_SS]
        shl edi, 4
        movzx ecx, word [ebp + FRAME_ESP]
        add edi, ecx
        mov cx, [ebp + FRAME_EIP]
        mov [edi], cx
        mov cx, [ebp + FRAME_CS]
        mov [edi + 2], cx
        mov cx, [ebp + FRAME_EFLAGS]
        or cx, FLAGS_IOPL3                              ; as an 8086 program expects them
        btr dword [ebp + FRAME_EFLAGS], 19              ; VIF
        jnc .off
        or cx, EFLAGS_IF
.off:   mov [edi + 4], cx
        mov cx, [eax * 4]
        mov [ebp + FRAME_EIP], cx
        mov cx, [eax * 4 + 2]
        mov [ebp + FRAME_CS], cx
        jmp back

emulate_iret:
        movzx edi, word [ebp + FRAME_SS]
        shl edi, 4
        movzx ecx, word [ebp + FRAME_ESP]
        add edi, ecx
        add word [ebp + FRAME_ESP], 6
        mov cx, [edi]
        mov [ebp + FRAME_EIP], cx
        mov cx, [edi + 2]
        mov [ebp + FRAME_CS], cx
        and dword [ebp + FRAME_EFLAGS], ~EFLAGS_VIF
        test byte [edi + 5], EFLAGS_IF >> 8
        jz back
        or dword [ebp + FRAME_EFLAGS], EFLAGS_VIF
back:
        popad
        add esp, 4                                      ; the error code
instruction back_into_v86
        iret

; HLT: the program is over
program_done:
        mov esi, traps_text
        call print
        mov eax, [traps]
        call print_hex
        mov esi, line_end
        call print
        xor eax, eax
        xchg [is_second], al
        test al, al
        jz exit                                         ; the second time, or no second time: exit code 0
        mov dword [traps], 0
        mov eax, 1
        cpuid
        test edx, CPUID_VME
        mov eax, 0
        jz exit
        mov eax, CR4_VME
        mov cr4, eax
        mov esi, extended_text
        call print
        jmp enter_program

kernel_data
trapping_text:  db 'without CR4.VME: ', 0
extended_text:  db 'with CR4.VME: ', 0
traps_text:     db 'traps to the monitor: ', 0
line_end:       db 10, 0
align 4
object traps
        dd 0
object is_second                                        ; 1 while a second run may come
        db 1
align 8
object v86_tss
        dd 0, kernel_stack_top, KERNEL_DS
        times 22 dd 0
        dw 0, 104 + 32                                  ; the I/O map would begin here, beyond the limit: no port
object redirection_map                                  ; 256 bits, one a vector: 1 to the monitor, 0 to the program
        times OWN / 8 db 0xff
        db ~(1 << (OWN & 7)) & 0xff
        times 32 - OWN / 8 - 1 db 0xff
v86_tss_end:

; ------------------------------------------------------------------ the 8086 program; offsets from its first byte
bits 16
object program
        cli
        mov ah, 9
        mov dx, hello - program
        int DOS                                         ; interrupts are off: the tick that comes now has to wait
        sti                                             ; and is delivered here
        nop
        int OWN
        in al, VIRTUAL_PORT
        mov [mark - program], al
        mov ah, 9
        mov dx, mark - program
        int DOS
        hlt
tick_handler:
        inc byte [ticks - program]
        iret
own_handler:
        mov al, [ticks - program]
        add [mark - program + 1], al
        iret
hello:          db 'hello from an 8086 program$'
mark:           db '?0', 10, '$'
ticks:          db 0
program_end:
bits 32

interrupt_gate 13, kernel_entry_general_protection
descriptor_tables
end_of_image
