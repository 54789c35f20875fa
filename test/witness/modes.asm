; modes - a guest for the witnesses: it goes through virtual-8086 mode, 16-bit gates and real-address mode, and prints after every step what
; the processor left: step, vector, EAX, EFLAGS, segment registers, stack pointer and the frame, word by word. Ringscope, QEMU and Bochs must
; print the same. QEMU checks no segment limit, so the steps about limits are there with -D LIMITS only.
; Build: nasm -f bin -I traces/ [-D LIMITS] -o modes.img test/witness/modes.asm
%include "lib/elf.inc"
%include "lib/layout.inc"

KERNEL_CS       equ 0x08
KERNEL_DS       equ 0x10
USER_CS         equ 0x18 | 3
USER_DS         equ 0x20 | 3
TSS_SELECTOR    equ 0x28
CONFORMING_CS   equ 0x30
RING1_CS        equ 0x38
CODE16          equ 0x40                                ; base LOW, 64 KiB, 16-bit
DATA16          equ 0x48
TSS16_SELECTOR  equ 0x50
STACK16         equ 0x58                                ; base 0, 64 KiB, 16-bit
BASED_CS        equ 0x60                                ; base KERNEL_CODE, so that 16 bits reach every handler

LOW             equ 0x10000                             ; where the 16-bit code is copied
LOW_CS          equ LOW >> 4
LOW_SS          equ 0x2000
LOW_TOP         equ 0x100                               ; its stack pointer at the start of every step
STACK16_TOP     equ 0x9000
VM              equ 1 << 17
IOPL3           equ 3 << 12
OF              equ 1 << 11
TF              equ 1 << 8
VECTORS         equ 0x30

kernel_data
align 8
gdt:    dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff, 0x00cffa000000ffff, 0x00cff2000000ffff
        dw 104 + 32, data_address(tss) & 0xffff
        db data_address(tss) >> 16 & 0xff, 0x89, 0, 0
        dq 0x00cf9e000000ffff, 0x00cfba000000ffff, 0x00009a010000ffff, 0x000092010000ffff
        dw 43, data_address(tss16) & 0xffff
        db data_address(tss16) >> 16 & 0xff, 0x81, 0, 0
        dq 0x000092000000ffff, 0x00cf9a100000ffff
gdt_end:
gdt_pointer:    dw gdt_end - gdt - 1
                dd gdt
idt_pointer:    dw VECTORS * 8 - 1
                dd idt
align 4
object tss
        dd 0, kernel_stack_top, KERNEL_DS
        times 22 dd 0
        dw 0, 104
        times 16 db 0                                   ; I/O map: ports up to 0x7f allowed, from 0x80 on refused
        times 17 db 0xff
align 4
object tss16
        dw 0, STACK16_TOP, STACK16
        times 19 dw 0
align 8
idt:    times VECTORS dq 0
continue:       dd 0
step_number:    dd 0

%include "lib/kernel.inc"
%include "lib/console.inc"

; ------------------------------------------------------------------ ring 0: handlers in protected mode
kernel_code
align 8
stubs:
%assign vector 0
%rep VECTORS
        align 8
        push dword vector
        jmp near seen
  %assign vector vector + 1
%endrep

; print_field: AX as four digits and a blank
print_field:
        push eax
        push ebx
        shl eax, 16
        mov ebx, eax
        mov ecx, 4
.digit: rol ebx, 4
        mov eax, ebx
        and eax, 15
        mov al, [hex_digits + eax]
        call print_character
        dec ecx
        jnz .digit
        mov al, ' '
        call print_character
        pop ebx
        pop eax
        ret

; seen: where every handler goes. On the stack: GS FS ES DS EAX vector, then the frame
FRAME           equ 24
seen:
        push eax
        push ds
        push es
        push fs
        push gs
        mov eax, KERNEL_DS
        mov ds, eax
        mov es, eax
        inc dword [step_number]
        mov ebp, esp
        mov ax, ss
        cmp ax, STACK16
        jne .esp
        movzx ebp, bp                                   ; the upper half of ESP is not used
.esp:   mov eax, [step_number]
        call print_field
        mov ax, [ss:ebp + 20]
        call print_field
        mov eax, [ss:ebp + 16]
        call print_hex
        mov al, ' '
        call print_character
        pushfd
        pop eax
        call print_hex
        mov al, ' '
        call print_character
%assign slot 12
%rep 4
        mov ax, [ss:ebp + slot]
        call print_field
  %assign slot slot - 4
%endrep
        mov ax, ss
        call print_field
        lea esi, [ebp + FRAME]
        mov eax, esi
        call print_hex
        mov al, ' '
        call print_character
        mov edi, kernel_stack_top
        mov ax, ss
        cmp ax, STACK16
        jne .next
        mov edi, STACK16_TOP
.next:  cmp esi, edi
        jae .done
        mov ax, [ss:esi]
        call print_field
        add esi, 2
        jmp .next
.done:  mov al, 10
        call print_character
        mov eax, KERNEL_DS
        mov ss, eax
        mov esp, kernel_stack_top
        mov fs, eax
        mov gs, eax
        push dword KERNEL_CS                            ; the handler may run in another code segment
        push dword [continue]
        retf

; set_gate VECTOR, SELECTOR, OFFSET, ACCESS BYTE
%macro set_gate 4
        mov eax, %3
        mov [idt + %1 * 8], ax
        mov word [idt + %1 * 8 + 2], %2
        mov word [idt + %1 * 8 + 4], (%4) << 8
        shr eax, 16
        mov [idt + %1 * 8 + 6], ax
%endmacro
; the handler of a vector, as a number
%define stub(vector) (code_address(stubs) + (vector) * 8)

; v86 LABEL, FLAGS: a step in virtual-8086 mode
%macro v86 2
        mov ebx, VM | 2 | %2
        mov ecx, %1 - low
        call enter_v86
%endmacro
; ring3 LABEL: a step in ring 3
%macro ring3 1
        mov dword [continue], %%next
        push dword USER_DS
        push dword user_stack_top
        push dword 2
        push dword USER_CS
        push dword %1
        iret
%%next:
%endmacro
; here: a step in ring 0, the instructions that follow
%macro step 1+
        mov dword [continue], %%next
        mov eax, 0x12345678
        %1
%%next:
%endmacro

; enter_v86: the step at ECX with EFLAGS from EBX; goes on at its return address
enter_v86:
        pop dword [continue]
        mov eax, 0x12345678
        push dword 0x44444
        push dword 0xf3333
        push dword LOW_CS
        push dword LOW_CS
        push dword LOW_SS
        push dword LOW_TOP
        push ebx
        push dword LOW_CS | 0xabc0000
        push ecx
        iret

function kernel_start
        mov esp, kernel_stack_top
        call set_up_com1
        call load_gdt
        call load_idt
        call load_tss
        mov al, 0xff                                    ; some steps set IF: no device may interrupt
        out 0x21, al
        out 0xa1, al
        cld
        mov esi, low
        mov edi, LOW
        mov ecx, low_end - low
        rep movsb
        mov edi, idt
        mov eax, KERNEL_CS << 16 | stub(0) & 0xffff
        mov edx, (stub(0) & 0xffff0000) | 0xee00
.gate:  mov [edi], eax
        mov [edi + 4], edx
        add eax, 8
        add edi, 8
        cmp edi, idt + VECTORS * 8
        jb .gate
        set_gate 0x22, BASED_CS, stub(0x22) - KERNEL_CODE, 0xe6            ; 16-bit interrupt gate
        set_gate 0x23, BASED_CS, stub(0x23) - KERNEL_CODE, 0xe7            ; 16-bit trap gate
        set_gate 0x24, CONFORMING_CS, stub(0x24), 0xee
        set_gate 0x25, RING1_CS, stub(0x25), 0xee
        set_gate 0x26, KERNEL_CS, stub(0x26), 0x8e                         ; DPL 0
        set_gate 0x27, KERNEL_CS, stub(0x27), 0x6e                         ; not present
        set_gate 0x28, KERNEL_CS, stub(0x28), 0xef                         ; trap gate

        ; virtual-8086 mode
        v86 v86_int, IOPL3
        v86 v86_int, 0
        v86 v86_int, IOPL3 | TF
        v86 v86_int3, 0
        v86 v86_into, OF
        v86 v86_cli, 2 << 12
        v86 v86_sti, 0
        v86 v86_pushf, 0
        v86 v86_popf, 0
        v86 v86_iret, 0
        v86 v86_pushfd, 0
        v86 v86_iretd, 0
        v86 v86_flags, IOPL3
        v86 v86_popf_iopl, IOPL3
        v86 v86_popfd_all, IOPL3
        v86 v86_iret_in, IOPL3
        v86 v86_iretd_in, IOPL3
        v86 v86_far, IOPL3
        v86 v86_segments, IOPL3
        v86 v86_hlt, IOPL3
        v86 v86_mov_cr0, IOPL3
        v86 v86_lgdt, IOPL3
        v86 v86_lmsw, IOPL3
        v86 v86_clts, IOPL3
        v86 v86_smsw, IOPL3
        v86 v86_in, IOPL3
        v86 v86_out, 0
        v86 v86_divide, 0
        v86 v86_ud2, 0
        v86 v86_bound, 0
        v86 v86_int22, IOPL3
        v86 v86_int23, IOPL3 | 0x200
        v86 v86_int24, IOPL3
        v86 v86_int25, IOPL3
        v86 v86_int26, IOPL3
        v86 v86_int27, IOPL3
        v86 v86_int28, IOPL3 | 0x200
        v86 v86_cli_in, IOPL3
        v86 v86_step, TF
%ifdef LIMITS
        v86 v86_ffff, 0
        v86 v86_stack_ffff, 0
        v86 v86_push_1, 0
        v86 v86_ip_10000, 0
        v86 v86_call_1, 0
%endif

        ; 16-bit gates from protected mode
        step int 0x22
        step int 0x23
        step int3
        ring3 user_int22
        ring3 user_int23
        mov eax, TSS16_SELECTOR
        ltr ax
        ring3 user_int22
        ring3 user_int21
        ring3 user_ud2
        v86 v86_int, IOPL3
        v86 v86_int22, IOPL3
        v86 v86_out, 0                           ; a 16-bit TSS has no I/O map
        mov dword [continue], .from16
        jmp CODE16:protected16 - low
.from16:
        mov dword [continue], .iret16
        push word KERNEL_CS
        push word 0
        jmp CODE16:protected16_stack - low
.iret16:
        ; real-address mode, and back
        jmp CODE16:to_real - low
back:
        mov eax, KERNEL_DS
        mov ds, eax
        mov es, eax
        mov fs, eax
        mov gs, eax
        mov ss, eax
        mov esp, kernel_stack_top
        lidt [idt_pointer]
        step int 0x21
        xor eax, eax
        jmp exit

; ------------------------------------------------------------------ ring 3
user_code
user_int21:     int 0x21
user_int22:     int 0x22
user_int23:     int 0x23
user_ud2:       ud2

; ------------------------------------------------------------------ 16-bit code, copied to LOW
user_data
align 16
bits 16
low:
v86_int:        int 0x21
v86_int3:       int3
v86_into:       into
v86_cli:        cli
v86_sti:        sti
v86_pushf:      pushf
v86_popf:       popf
v86_iret:       iret
v86_pushfd:     pushfd
v86_iretd:      iretd
v86_flags:      pushfd
                pop eax
                int 0x21
v86_popf_iopl:  push word 0x0ed7
                popf
                int 0x28
v86_popfd_all:  push dword 0x003e6ed7
                popfd
                int 0x28
v86_iret_in:    push word 0x06d7
                push word LOW_CS + 1
                push word (v86_int - low) - 16 & 0xffff
                mov word [esp], .at - low - 16
                iret
.at:            int 0x28
v86_iretd_in:   push dword 0x003e06d7
                push dword LOW_CS + 1
                push dword .at - low - 16
                iretd
.at:            int 0x28
v86_far:        call LOW_CS + 1:.callee - low - 16
                int 0x28
.callee:        mov ax, cs
                mov bp, sp
                add word [bp], 16
                sub word [bp + 2], 1
                jmp LOW_CS + 2:.jumped - low - 32
.jumped:        shl eax, 16
                mov ax, cs
                retf
v86_segments:   mov ax, LOW_CS + 1
                mov ds, ax
                mov ebx, [v86_mark - low - 16]
                les eax, [v86_mark - low - 16]
                int 0x28
v86_mark:       dd 0xabcd1234
v86_hlt:        hlt
v86_mov_cr0:    mov eax, cr0
v86_lgdt:       lgdt [v86_mark - low]
v86_lmsw:       lmsw ax
v86_clts:       clts
v86_smsw:       smsw ax
                int 0x28
v86_in:         in al, 0x84
v86_out: out 0x60, al
                int3
v86_divide:     xor cl, cl
                div cl
v86_ud2:        ud2
v86_bound:      mov ax, -1
                bound ax, [v86_mark - low]
v86_int22:      int 0x22
v86_int23:      int 0x23
v86_int24:      int 0x24
v86_int25:      int 0x25
v86_int26:      int 0x26
v86_int27:      int 0x27
v86_int28:      int 0x28
v86_cli_in:     cli
                pushf
                sti
                pop ax
                int 0x28
v86_step:       nop
                nop
v86_ffff:       mov ax, [0xffff]
v86_stack_ffff: mov bp, 0xffff
                mov ax, [bp]
v86_push_1:     mov sp, 1
                push ax
v86_ip_10000:   mov byte [0xffff], 0x90
                jmp LOW_CS:0xffff
v86_call_1:     mov sp, 3
                call LOW_CS:0

; protected mode, 16-bit: selectors CODE16 and DATA16
protected16:    mov ax, DATA16
                mov ds, ax
                mov ss, ax
                mov sp, LOW_TOP
                pushf
                pusha
                enter 8, 2
                mov ax, sp
                leave
                popa
                popf
                push dword 0x5555aaaa
                pop cx
                pop dx
                mov ecx, 0x10002
                xor bx, bx
.loop:          inc bx
                loop .loop                              ; CX counts, ECX keeps its upper half
                mov eax, ecx
                mov ax, bx
                mov cx, 2
                mov si, 0xfffe
                mov di, 0x4000
                push ds
                pop es
                rep movsw                               ; SI wraps to 2
                shl eax, 16
                mov ax, si
                mov sp, STACK16_TOP
                mov dx, STACK16
                mov ss, dx
                mov esp, STACK16_TOP                    ; the upper half of ESP is clear: the handler reads the frame by ESP
                int 0x22
protected16_stack:
                mov ax, STACK16
                mov ss, ax
                mov esp, STACK16_TOP
                push word 0x0247                        ; IRET of 16 bits to here
                push word CODE16
                push word .at - low
                iret
.at:            int 0x23

; ------------------------------------------------------------------ real-address mode
to_real:        mov ax, DATA16
                mov ds, ax
                mov es, ax
                mov fs, ax
                mov gs, ax
                mov ss, ax
                mov eax, cr0
                and al, 0xfe
                mov cr0, eax
                jmp LOW_CS:.real - low
.real:          mov ax, LOW_CS
                mov ds, ax
                mov ax, LOW_SS
                mov ss, ax
                mov sp, LOW_TOP
                lidt [real_idt - low]
                xor ax, ax
                mov es, ax
                xor di, di
                mov ax, real_stubs - low
                mov cx, VECTORS
.next:          stosw
                add ax, 8
                mov word [es:di], LOW_CS
                add di, 2
                loop .next

; begin FLAGS ... end: a step, which goes on behind `end` once a handler has printed
%macro begin 1
%push step
                mov word [real_continue - low], %$end - low
                push word %1
                popf
                mov eax, 0x12345678
%endmacro
%macro end 0
%$end:
%pop
%endmacro
                begin 2
                int 0x21
                end
                begin 0x7fd7 & ~TF
                int 0x21
                end
                begin 2
                int3
                end
                begin 2 | OF
                into
                end
                begin 2
                ud2
                end
                begin 2 | 0x200
                div byte [real_zero - low]
                end
                begin 2
                bound ax, [v86_mark - low]
                end
                begin 2 | TF
                nop
                end
                begin 2
                push word 0x7ad7
                push word LOW_CS + 1
                push word .iret_at - low - 16
                iret
.iret_at:       pushf
                pop ax
                int 0x28
                end
                begin 2
                push dword 0xffffffff & ~TF
                push dword 0x12340000 | (LOW_CS + 1)
                push dword .iretd_at - low - 16
                iretd
.iretd_at:      pushfd
                pop eax
                and eax, 0x2dffff                       ; RF, VIF, VIP as they come
                int 0x28
                end
                begin 2
                push dword 0x003ffed7
                popfd
                pushfd
                pop eax
                int 0x28
                end
                begin 2
                call LOW_CS + 1:.callee - low - 16
                int 0x28
.callee:        mov ax, cs
                retf
                end
                begin 2
                mov byte [cs:real_zero - low + 1], 0x5a
                mov ax, [real_zero - low]
                mov byte [cs:real_zero - low + 1], 0
                int 0x28
                end
                begin 2
                mov sp, 2
                mov ax, 0x1111
                push ax
                mov bx, 0x2222
                push bx
                pop ax
                pop bx
                mov sp, LOW_TOP
                int 0x28
                end
                ; ENTER and LEAVE of 32 bits on a 16-bit stack: which halves of EBP and ESP they use
%macro enter32 1
                begin 2
                mov ebp, 0x12340040
                mov esp, 0x56780100
                mov dword [ss:0x3c], 0x11112222
                o32 enter 4, %1
%endmacro
%macro seen32 0
                mov sp, LOW_TOP
                int 0x28
                end
%endmacro
                enter32 0
                mov ax, bp
                seen32
                enter32 0
                mov eax, ebp
                shr eax, 16
                seen32
                enter32 2
                mov ax, bp
                seen32
                enter32 2
                mov ax, sp
                seen32
                enter32 2
                mov ax, [bp - 4]
                seen32
                enter32 2
                mov ax, [bp - 6]
                seen32
                enter32 2
                o32 leave
                mov eax, ebp
                shr eax, 16
                seen32
                enter32 2
                o32 leave
                mov ax, sp
                seen32
                enter32 2
                mov eax, esp
                shr eax, 16
                seen32
%ifdef LIMITS
                begin 2
                mov ax, [0xffff]
                end
                begin 2
                mov bp, 0xffff
                mov ax, [bp]
                end
                begin 2
                mov byte [0xffff], 0x90
                jmp LOW_CS:0xffff
                end
                begin 2
                lidt [small_idt - low]                  ; up to #GP
                int 0x21
                end
                lidt [real_idt - low]
%endif
                ; a DS of 4 GBytes, loaded in protected mode, stays so
                lgdt [low_gdt_pointer - low]
                mov eax, cr0
                or al, 1
                mov cr0, eax
                mov bx, KERNEL_DS
                mov es, bx
                and al, 0xfe
                mov cr0, eax
                xor bx, bx
                mov es, bx
                begin 2
                mov eax, [es:dword data_address(gdt) + 8]
                int 0x28
                end
                mov eax, cr0
                or al, 1
                mov cr0, eax
                jmp dword KERNEL_CS:back

real_zero:      dw 0
real_continue:  dw 0
real_step:      dw 0
real_idt:       dw 0x3ff
                dd 0
small_idt:      dw 13 * 4 + 3
                dd 0
low_gdt_pointer: dw gdt_end - gdt - 1
                dd gdt
low_digits:     db '0123456789abcdef'

align 8
real_stubs:
%assign vector 0
%rep VECTORS
        align 8
                push word vector
                jmp near real_seen
  %assign vector vector + 1
%endrep

; On the stack: DS AX vector, then the frame
REAL_FRAME      equ 6
real_seen:      push ax
                push ds
                mov ax, LOW_CS
                mov ds, ax
                mov bp, sp
                inc word [real_step - low]
                mov ax, [real_step - low]
                call real_field
                mov ax, [bp + 4]
                call real_field
                pushfd
                mov eax, [bp]
                pop ecx
                ror eax, 16
                call real_field                         ; AX as it was
                shr eax, 16
                call real_field
                mov ax, cx
                call real_field
                mov ax, es
                call real_field
                mov ax, ss
                call real_field
                lea si, [bp + REAL_FRAME]
                mov ax, si
                call real_field
.next:          cmp si, LOW_TOP
                jae .done
                mov ax, [ss:si]
                call real_field
                add si, 2
                jmp .next
.done:          mov al, 10
                call real_character
                mov ax, LOW_SS
                mov ss, ax
                mov sp, LOW_TOP
                jmp [real_continue - low]
real_field:     push eax
                push cx
                push bx
                mov cx, 4
                mov bx, ax
.digit:         rol bx, 4
                mov di, bx
                and di, 15
                mov al, [low_digits - low + di]
                call real_character
                loop .digit
                mov al, ' '
                call real_character
                pop bx
                pop cx
                pop eax
                ret
real_character: push dx
                push ax
                out 0xe9, al
                mov dx, 0x3f8
                out dx, al
                mov dx, 0x3fd
.wait:          in al, dx
                test al, 0x40
                jz .wait
                pop ax
                pop dx
                ret
low_end:
bits 32
end_of_image
