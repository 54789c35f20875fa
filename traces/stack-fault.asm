; stack-fault - #SS in its two forms: an access beyond the end of the stack segment, and a stack segment that is not present.
;   1. a small expand-up stack segment is full:   #SS, error code 0. Nothing to be done: the program is ended
;   2. an expand-down stack segment is full:      #SS, error code 0. The kernel lowers its limit, the push runs again
;   3. loading SS with an absent descriptor:      #SS, error code 0x40 (the selector). The kernel sets P, the load runs again
; Paging has no part in this: every page involved is mapped.
; Build: nasm -f bin -I traces/ -o traces/stack-fault.img traces/stack-fault.asm   (or npm run traces)
%include "lib/scenario.inc"

UP_STACK        equ MORE_DESCRIPTORS | 3                ; 0x33
DOWN_STACK      equ MORE_DESCRIPTORS + 8 | 3            ; 0x3b
ABSENT_STACK    equ MORE_DESCRIPTORS + 16 | 3           ; 0x43

; Offsets 0 to 127 are inside: a limit is the last byte that may be used.
UP_BASE         equ user_stack + 0x800
UP_BYTES        equ 128
; Offsets above the limit are inside: a limit of an expand-down segment is the last byte that may not be used. The base is such that offset 0x4000
; is user_stack_top.
DOWN_BASE       equ USER_CODE
DOWN_TOP        equ user_stack_top - DOWN_BASE
DOWN_BYTES      equ 64                                  ; how much it has, and how much it gets each time

DATA_RING3_DOWN equ DATA_RING3 | 1 << 2                 ; bit E of a data segment: expand-down

%macro more_descriptors 0
        segment_descriptor UP_BASE, UP_BYTES - 1, DATA_RING3, BYTES32
object down_descriptor
        segment_descriptor DOWN_BASE, DOWN_TOP - DOWN_BYTES - 1, DATA_RING3_DOWN, BYTES32
object absent_descriptor
        flat_descriptor DATA_RING3 & ~PRESENT
%endmacro

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
        enter_ring3 user_program_up

; ------------------------------------------------------------------ ring 3
; push_words COUNT: fills the stack
%macro push_words 1
        mov ecx, %1
%%next:
        push ecx
        dec ecx
        jnz %%next
%endmacro

user_code
function user_program_up
        mov eax, UP_STACK
        mov ss, eax
        mov esp, UP_BYTES                               ; just behind the last byte: empty
        push_words UP_BYTES / 4 + 1                     ; the last has no room: ESP is 0, below it lies 0xfffffffc
        jmp user_program_down                           ; never reached, but where limits are not checked

function user_program_down
        mov eax, DOWN_STACK
        mov ss, eax
        mov esp, DOWN_TOP
        push_words DOWN_BYTES / 4 + 1                   ; the last has no room. Then it has, and succeeds

function user_program_absent
        mov eax, ABSENT_STACK
        mov ss, eax                                     ; #SS(0x40). Then it succeeds
        mov esp, user_stack_top
        mov eax, SYS_EXIT
        xor ebx, ebx
        int 0x80
        ud2

; ------------------------------------------------------------------ ring 0: the stack fault
; Its frame goes to the kernel's stack, so the program's broken one does no harm. Above our two pushes:
ERROR_CODE      equ 8
SAVED_SS        equ 28                                  ; error code, EIP, CS, EFLAGS, ESP, SS
kernel_code
function kernel_entry_stack_fault
        push eax
        push esi
        mov esi, stack_fault_text
        call print
        mov eax, [esp + ERROR_CODE]
        call print_hex
        test eax, eax
        jnz .absent                                     ; a selector: loading it failed
        cmp word [esp + SAVED_SS], UP_STACK             ; 0: an access failed. Which segment, SS tells
        je .full
        cmp word [esp + SAVED_SS], DOWN_STACK
        jne unexpected_exception
        mov esi, grown_text
        call print
        sub word [down_descriptor], DOWN_BYTES          ; the low word of the limit. IRET loads SS anew and so finds the new limit
        jmp .return
.absent:
        mov esi, present_text
        call print
        or byte [gdt + eax + ACCESS_BYTE], PRESENT      ; the error code of a GDT selector is its offset in the table
.return:
        pop esi
        pop eax
        add esp, 4                                      ; the error code
        iret                                            ; to the instruction that faulted: it runs again
.full:
        mov esi, full_text
        call print
        enter_ring3 user_program_down

function kernel_entry_int80
        cmp eax, SYS_EXIT
        jne unexpected_exception
        mov esi, goodbye_text
        call print
        mov eax, ebx
        jmp exit

kernel_data
stack_fault_text: db 'stack fault: #SS, error code ', 0
full_text:        db ': stack full, program ended', 10, 0
grown_text:       db ': stack full, segment grown downwards', 10, 0
present_text:     db ': segment absent, made present', 10, 0
goodbye_text:     db 'program ended', 10, 0

interrupt_gate 12, kernel_entry_stack_fault
user_gate 0x80, kernel_entry_int80
descriptor_tables
end_of_image
