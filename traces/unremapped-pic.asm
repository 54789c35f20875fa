; unremapped-pic - a kernel that lets the timer interrupt and never moves the lines of the interrupt controllers away from where the
; BIOS left them: line 0 has vector 8, and vector 8 is #DF. So the first tick enters the handler of double faults. It takes an error
; code off the stack that nobody has pushed, and its IRET refuses what is left. Then the kernel does what was missing, and ticks.
; Build: nasm -f bin -I traces/ -o traces/unremapped-pic.img traces/unremapped-pic.asm   (or npm run traces)
%include "lib/scenario.inc"
%include "lib/timer.inc"

TICKS           equ 2                                   ; that many good ones, then the run ends

; ------------------------------------------------------------------ ring 0: start
kernel_code
function kernel_start
        mov esp, kernel_stack_top
        call set_up_com1
        call load_gdt
        call load_idt
        call load_tss
        call build_page_tables
        call enable_paging
        call open_timer_line
        call start_tick
        enter_ring3 user_program, EFLAGS_FIXED | EFLAGS_IF

; One line open, all others masked, the timer ready for a count. BUG: the vectors stay the BIOS's, 8 to 15 for lines 0 to 7.
function open_timer_line
        mov al, PIT_ONE_SHOT
        out PIT_COMMAND, al
        mov al, PIC_ONLY_TIMER
instruction open_line
        out PIC1_DATA, al                               ; to the mask register: no ICW1 came before it
        mov al, 0xff
        out PIC2_DATA, al
        ret

; ------------------------------------------------------------------ ring 3
; A program that does nothing at all, least of all wrong. EFLAGS stays 0x202.
user_code
function user_program
        jmp user_program

; ------------------------------------------------------------------ ring 0: handlers
; Right for #DF, where the error code lies on top. For an interrupt EIP lies there.
kernel_code
function kernel_entry_double_fault
        push eax
        push esi
        mov esi, double_fault_text
        call print
        mov eax, [esp + 8]                              ; the error code, always 0? It is the address of user_program
        call print_hex
        mov esi, line_end
        call print
        pop esi
        pop eax
        add esp, 4                                      ; the error code? It is EIP, so that CS is on top now, then EFLAGS
instruction double_fault_iret
        iret                                            ; #GP(0x200): EFLAGS, 0x202, is no selector

; The repair: load the controllers anew, with the vectors from 0x20 on. That ends line 0, too, which is still in service. There is no way back
; into the interrupted program: the frame of #GP lies over its EIP. So it begins again.
function kernel_entry_general_protection
        mov esi, general_protection_text
        call print
        mov eax, [esp]                                  ; an error code at last
        call print_hex
        mov esi, line_end
        call print
        call set_up_timer
        call start_tick
        enter_ring3 user_program, EFLAGS_FIXED | EFLAGS_IF

function kernel_entry_timer
        pusha
        mov esi, timer_text
        call print
        call end_interrupt
        dec dword [ticks_left]
        jz .enough
        call start_tick
        popa
        iret                                            ; ring 0 -> ring 3
.enough:
        xor eax, eax
        jmp exit

kernel_data
align 4
object ticks_left
        dd TICKS
double_fault_text:       db 'double fault, error code ', 0
general_protection_text: db 'general protection, error code ', 0
timer_text:              db 'tick', 10, 0
line_end:                db 10, 0

interrupt_gate 8, kernel_entry_double_fault
interrupt_gate 13, kernel_entry_general_protection
interrupt_gate TIMER_VECTOR, kernel_entry_timer
descriptor_tables
end_of_image
