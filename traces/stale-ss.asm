; stale-ss - the kernel loads a GDT of its own and forgets SS. SS goes on working: the processor keeps base, limit and rights of the
; boot loader's segment. The first interrupt passes, too: within ring 0 no SS is pushed or popped. Then the kernel copies its SS into
; the frame for the first program, and IRET refuses 0x18, a selector that stands nowhere in the kernel's source.
; Build: nasm -f bin -I traces/ -o traces/stale-ss.img traces/stale-ss.asm   (or npm run traces)
%include "lib/scenario.inc"

LOADER_CS       equ 0x10                                ; the boot loader's GDT: code at 0x10, data at 0x18
LOADER_DS       equ 0x18

; ------------------------------------------------------------------ ring 0: what the boot loader leaves
kernel_code
function kernel_start
        lgdt [loader_gdt_pointer]
        jmp LOADER_CS:.loader_cs
.loader_cs:
        mov eax, LOADER_DS
        mov ds, eax
        mov es, eax
        mov fs, eax
        mov gs, eax
instruction loader_loads_ss
        mov ss, eax

; ------------------------------------------------------------------ ring 0: the kernel
        mov esp, kernel_stack_top
        call set_up_com1
        call load_gdt_without_ss
        call load_idt
        call load_tss
        call build_page_tables
        call enable_paging
        int3                                            ; the first interrupt: three slots, none of them SS
        mov eax, USER_DS
        mov ds, eax
        mov es, eax
        mov fs, eax
        mov gs, eax
        mov eax, ss                                     ; BUG: must be USER_DS, 0x23. And it is not even what the author takes it for, 0x10
instruction push_ss_slot
        push eax
        push dword user_stack_top                       ; ESP
        push dword EFLAGS_FIXED                         ; EFLAGS
        push dword USER_CS                              ; CS
        push dword user_program                         ; EIP
instruction first_iret
        iret                                            ; #GP(0x18)

; load_gdt of kernel.inc, but for the last register
function load_gdt_without_ss
        lgdt [gdt_pointer]
        jmp KERNEL_CS:.cs_loaded
.cs_loaded:
        mov eax, KERNEL_DS
        mov ds, eax
        mov es, eax
        mov fs, eax
        mov gs, eax
        ret                                             ; BUG: mov ss, eax is missing

; ------------------------------------------------------------------ ring 3
user_code
function user_program
        ud2                                             ; never reached

; ------------------------------------------------------------------ ring 0: handlers
kernel_code
function kernel_entry_breakpoint
        push esi
        mov esi, breakpoint_text
        call print
        pop esi
        iret                                            ; to the same ring: EIP, CS, EFLAGS

function kernel_entry_general_protection
        mov esi, general_protection_text
        call print
        mov eax, [esp]                                  ; the error code
        call print_hex
        mov esi, line_end
        call print
        xor eax, eax
        jmp exit

kernel_data
breakpoint_text:         db 'breakpoint: there and back', 10, 0
general_protection_text: db 'IRET refused its frame: #GP, error code ', 0
line_end:                db 10, 0
align 8
object loader_gdt
        dq 0
        dq 0                                            ; 0x08
        flat_descriptor CODE_RING0                      ; 0x10
        flat_descriptor DATA_RING0                      ; 0x18: in the kernel's GDT, the code of ring 3
loader_gdt_end:
object loader_gdt_pointer
        dw loader_gdt_end - loader_gdt - 1
        dd loader_gdt

interrupt_gate 3, kernel_entry_breakpoint
interrupt_gate 13, kernel_entry_general_protection
descriptor_tables
end_of_image
