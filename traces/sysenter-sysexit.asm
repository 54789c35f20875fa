; sysenter-sysexit - the fast way into the kernel: three MSRs instead of gate, GDT, TSS and stack frame.
; The program runs twice: with IA32_SYSENTER_CS = 0x8, then with 0xb. The low two bits make no difference.
; Build: nasm -f bin -I traces/ -o traces/sysenter-sysexit.img traces/sysenter-sysexit.asm   (or npm run traces)
%include "lib/scenario.inc"

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

        write_msr IA32_SYSENTER_CS, KERNEL_CS           ; CS; SS is this plus 8
        write_msr IA32_SYSENTER_ESP, kernel_stack_top
        write_msr IA32_SYSENTER_EIP, kernel_entry_sysenter
        mov esi, first_run_text
        call print
        enter_ring3 user_program

; ------------------------------------------------------------------ ring 3
user_code
function user_program
        mov eax, SYS_WRITE
        mov ebx, user_text
        mov edx, .back                                  ; SYSENTER saves nothing: by agreement EDX holds the address
        mov ecx, esp                                    ; to come back to and ECX the stack
        sysenter                                        ; 3 -> 0
.back:
        mov eax, ss                                     ; as SYSEXIT set them
        shl eax, 16
        mov ax, cs
        mov ebx, eax                                    ; "exit code": SS and CS of ring 3 for the kernel to show
        mov eax, SYS_EXIT
        int 0x80
        ud2

user_data
object user_text
        db 'hello through sysenter', 10, 0

; ------------------------------------------------------------------ ring 0: the system call
; The processor set CS, SS, ESP, EIP from the MSRs and cleared IF. No frame was pushed, no table was read.
kernel_code
function kernel_entry_sysenter
        mov esi, ebx
        call print
        mov esi, kernel_selectors_text
        mov eax, ss
        shl eax, 16
        mov ax, cs
        call print_selectors
        sysexit                                         ; 0 -> 3: EIP from EDX, ESP from ECX, CS and SS from the MSR

; The program ends by the slow way. After the first run: set the low bits of the MSR and run it again.
function kernel_entry_int80
        mov esi, user_selectors_text
        mov eax, ebx
        call print_selectors
        cmp byte [runs_done], 0
        jne .both_done
        inc byte [runs_done]
        mov esi, second_run_text
        call print
        write_msr IA32_SYSENTER_CS, KERNEL_CS | 3       ; 0xb
        enter_ring3 user_program
.both_done:
        xor eax, eax
        jmp exit

; print_selectors: the text at ESI, then EAX as SS (high half) and CS (low half)
function print_selectors
        call print
        call print_hex
        mov al, 10
        call print_character
        ret

kernel_data
object runs_done
        db 0
first_run_text:         db 'IA32_SYSENTER_CS = 8', 10, 0
second_run_text:        db 'IA32_SYSENTER_CS = b', 10, 0
kernel_selectors_text:  db 'kernel ss:cs ', 0
user_selectors_text:    db 'user   ss:cs ', 0

user_gate 0x80, kernel_entry_int80
descriptor_tables
end_of_image
