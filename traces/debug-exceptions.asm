; debug-exceptions - six ways to #DB, one handler: an instruction breakpoint, a single step, a data breakpoint, INT1, an I/O breakpoint and general
; detect. Two of them are faults, which come before the instruction, four are traps, which come behind it; DR6 tells them apart.
; Build: nasm -f bin -I traces/ -o traces/debug-exceptions.img traces/debug-exceptions.asm   (or npm run traces)
%include "lib/scenario.inc"

CR4_DE          equ 1 << 3                              ; R/W = 2 in DR7 means ports
WATCHED_PORT    equ 0x80
EFLAGS_TF       equ 1 << 8
EFLAGS_RF       equ 1 << 16
DR6_CLEAR       equ 0xffff0ff0                          ; its reserved bits are ones
DR6_B0          equ 1 << 0                              ; breakpoint 0 was met
DR6_BS          equ 1 << 14                             ; single step
DR7_GD          equ 1 << 13
; armed N, R/W, LEN: breakpoint N for all tasks (Gn), what it watches and how many bytes
%define armed(n, rw, len) (2 << ((n) * 2) | (rw) << (16 + (n) * 4) | (len) << (18 + (n) * 4))
EXECUTION       equ 0
WRITES          equ 1
PORTS           equ 2
ONE_BYTE        equ 0
FOUR_BYTES      equ 3
BREAKPOINTS     equ 1 << 10 | 1 << 9 | armed(0, EXECUTION, ONE_BYTE) | armed(1, WRITES, FOUR_BYTES) | armed(2, PORTS, ONE_BYTE)

SYS_USE_PORT    equ 100
SYS_SPY         equ 101

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
        mov eax, cr4
        or eax, CR4_DE
        mov cr4, eax
        mov eax, broken_instruction
        mov dr0, eax
        mov eax, counter
        mov dr1, eax
        mov eax, WATCHED_PORT
        mov dr2, eax
        mov eax, BREAKPOINTS
instruction arm_breakpoints
        mov dr7, eax
        enter_ring3 user_program

; ------------------------------------------------------------------ ring 3
user_code
function user_program
        mov ecx, 2
instruction broken_instruction
        dec ecx                                         ; DR0: a fault before it, each time it is reached
        jnz broken_instruction
        pushfd
        or dword [esp], EFLAGS_TF
        popfd                                           ; from the next instruction on
instruction stepped_instruction
        mov ebx, ecx                                    ; TF: a trap behind it
instruction write_counter
        inc dword [counter]                             ; DR1: a trap behind it
instruction call_debugger
        db 0xf1                                         ; INT1, which nasm knows as int1 and icebp
        mov eax, SYS_USE_PORT
        int 0x80
        mov eax, SYS_SPY
        int 0x80
        mov eax, SYS_EXIT
        xor ebx, ebx
        int 0x80
        ud2

user_data
align 4
object counter
        dd 0

; ------------------------------------------------------------------ ring 0: the exception
kernel_code
function kernel_entry_debug
        push eax
        push ebx
        push esi
        mov ebx, dr6                                    ; GD is clear here, whatever it was
        mov esi, debug_text
        call print
        mov eax, ebx
        call print_hex
        mov esi, at_text
        call print
        mov eax, [esp + 12]                             ; EIP in the frame, above our three pushes
        call print_hex
        mov esi, line_end
        call print
        test ebx, DR6_B0
        jz .not_broken
        or dword [esp + 20], EFLAGS_RF                  ; an instruction breakpoint is a fault: let it run, once
.not_broken:
        test ebx, DR6_BS
        jz .not_stepped
        and dword [esp + 20], ~EFLAGS_TF                ; one step is enough
.not_stepped:
        mov eax, DR6_CLEAR                              ; the processor sets bits in DR6 and does not clear BD, BS and BT
        mov dr6, eax
        pop esi
        pop ebx
        pop eax
        iret

; Where the processor has no INT1 (QEMU) its byte is an invalid opcode: step over it.
function kernel_entry_invalid_opcode
        inc dword [esp]
        iret

function kernel_entry_int80
        cmp eax, SYS_USE_PORT
        je answer_use_port
        cmp eax, SYS_SPY
        je answer_spy
        cmp eax, SYS_EXIT
        jne unexpected_exception
        mov esi, goodbye_text
        call print
        mov eax, ebx
        jmp exit

function answer_use_port
instruction use_port
        out WATCHED_PORT, al                            ; DR2: a trap behind it, in ring 0 as well
        iret

function answer_spy
        mov eax, BREAKPOINTS | DR7_GD
        mov dr7, eax
instruction look_at_debug_register
        mov eax, dr0                                    ; GD: a fault before it; it runs when the handler returns
        iret

kernel_data
debug_text:     db 'debug exception: DR6 ', 0
at_text:        db ', returns to ', 0
line_end:       db 10, 0
goodbye_text:   db 'program ended', 10, 0

interrupt_gate 1, kernel_entry_debug
interrupt_gate 6, kernel_entry_invalid_opcode
user_gate 0x80, kernel_entry_int80
descriptor_tables
end_of_image
