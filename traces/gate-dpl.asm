; gate-dpl - who may use a gate? INT n asks the gate's DPL; exceptions and hardware interrupts do not.
;   1. int 0x20, the timer's gate (DPL 0):      #GP, error code 0x102 (IDT, entry 0x20)
;   2. int 0x0e, a page fault that never was:   #GP, error code 0x072 (IDT, entry 0x0e)
;   3. ud2, a real exception: passes gate 6, which has DPL 0 as well
;   4. the timer itself: passes gate 0x20 while ring 3 runs
;   5. int 0x80, a gate with DPL 3: passes
;   6. int 0x81, a gate the kernel wrote itself before LIDT: it wanted DPL 3 and wrote 0: #GP, error code 0x40a (IDT, entry 0x81)
; Build: nasm -f bin -I traces/ -o traces/gate-dpl.img traces/gate-dpl.asm   (or npm run traces)
%include "lib/scenario.inc"
%include "lib/timer.inc"

SYS_ALARM       equ 27                                  ; Linux's number. Here: one tick, soon
INT_LENGTH      equ 2                                   ; CD n
UD2_LENGTH      equ 2                                   ; 0F 0B
ERROR_IDT       equ 1 << 1                              ; error code: the index is that of a gate

; ------------------------------------------------------------------ ring 0: start
kernel_code
function kernel_start
        mov esp, kernel_stack_top
        call set_up_com1
        call load_gdt
        mov ecx, 0x81                                   ; a second way to call the kernel
        mov edx, kernel_entry_int81
        call install_gate
        call load_idt
        call load_tss
        call build_page_tables
        call enable_paging
        call set_up_timer
        enter_ring3 user_program, EFLAGS_FIXED | EFLAGS_IF

; install_gate: vector ECX, handler EDX. Changes EAX and EDX.
function install_gate
        movzx eax, dx
        or eax, KERNEL_CS << 16
        mov [idt + ecx * 8], eax                        ; selector, and the handler's low half
        xor dx, dx
        or edx, (INTERRUPT_GATE32 | PRESENT) << 8       ; BUG: for a gate of ring 3, DPL_3 must be in it: 0xee, not 0x8e
instruction write_gate_access
        mov [idt + ecx * 8 + 4], edx                    ; the handler's high half, and the access byte
        ret

; ------------------------------------------------------------------ ring 3
user_code
function user_program
        int TIMER_VECTOR                                ; refused: who could fake the timer could steal time from others
        int 0x0e                                        ; refused: a faked page fault would push no error code, and the handler expects one
        ud2                                             ; raised by the processor: no gate's DPL stops it
        mov eax, SYS_ALARM
        int 0x80                                        ; meant for us: DPL 3
.wait:
        cmp dword [user_alarms], 0                      ; the timer comes somewhere in this loop, through the gate that refused us
        je .wait
        int 0x81                                        ; meant for us as well, and refused
        mov eax, SYS_EXIT
        xor ebx, ebx
        int 0x80
        ud2

user_data
align 4
object user_alarms
        dd 0

; ------------------------------------------------------------------ ring 0: handlers
kernel_code
; On the stack: error code, EIP, CS, EFLAGS, ESP, SS. EIP is that of the INT itself: it was refused, it has not happened.
function kernel_entry_general_protection
        push eax
        push esi
        mov esi, refused_text
        call print
        mov eax, [esp + 8]                              ; the error code, above our two pushes
        call print_hex
        test eax, ERROR_IDT
        jz unexpected_exception
        mov esi, gate_text
        call print
        shr eax, 3                                      ; the index: for a gate, the vector
        call print_hex
        mov esi, line_end
        call print
        pop esi
        pop eax
        add esp, 4                                      ; the error code: IRET does not expect it
        add dword [esp], INT_LENGTH                     ; go on behind the INT, or it would be tried for ever
        iret

function kernel_entry_invalid_opcode                    ; no error code
        push esi
        mov esi, invalid_opcode_text
        call print
        pop esi
        add dword [esp], UD2_LENGTH
        iret

function kernel_entry_timer                             ; only the timer gets here
        push eax
        push esi
        mov esi, timer_text
        call print
        inc dword [user_alarms]
        call end_interrupt
        pop esi
        pop eax
        iret

function kernel_entry_page_fault                        ; never reached
        jmp unexpected_exception

function kernel_entry_int81                             ; never reached
        jmp unexpected_exception

function kernel_entry_int80
        cmp eax, SYS_ALARM
        je system_call_alarm
        cmp eax, SYS_EXIT
        jne unexpected_exception
        mov esi, goodbye_text
        call print
        mov eax, ebx
        jmp exit

function system_call_alarm
        push esi
        mov esi, alarm_text
        call print
        pop esi
        call start_tick
        iret

kernel_data
refused_text:        db 'refused: #GP, error code ', 0
gate_text:           db ', gate ', 0
line_end:            db 10, 0
invalid_opcode_text: db 'passed: #UD through a gate with DPL 0', 10, 0
timer_text:          db 'passed: timer interrupt through a gate with DPL 0', 10, 0
alarm_text:          db 'passed: int 0x80 through a gate with DPL 3', 10, 0
goodbye_text:        db 'program ended', 10, 0

interrupt_gate 6, kernel_entry_invalid_opcode
interrupt_gate 13, kernel_entry_general_protection
interrupt_gate 14, kernel_entry_page_fault
interrupt_gate TIMER_VECTOR, kernel_entry_timer
user_gate 0x80, kernel_entry_int80
descriptor_tables
end_of_image
