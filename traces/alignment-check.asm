; alignment-check - ring 3 asks for alignment checking with EFLAGS.AC, the kernel allows it with CR0.AM: misaligned words and doublewords give #AC.
; The handler says where, and clears AC in the frame, so that the access is made after all. Ring 0 is never checked.
; Build: nasm -f bin -I traces/ -o traces/alignment-check.img traces/alignment-check.asm   (or npm run traces)
%include "lib/scenario.inc"

CR0_AM          equ 1 << 18
EFLAGS_AC       equ 1 << 18
SYS_READ        equ 100                                 ; EBX: an address; the kernel reads four bytes there

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
        mov eax, cr0
        or eax, CR0_AM
instruction allow_checking
        mov cr0, eax
        enter_ring3 user_program

; ------------------------------------------------------------------ ring 3
user_code
function user_program
        mov eax, [packed + 1]                           ; AC is clear: nobody minds
        call ask_for_checking
        mov eax, [packed + 4]                           ; a doubleword at a multiple of 4
        mov ax, [packed + 6]                            ; a word at a multiple of 2
        mov al, [packed + 5]                            ; a byte lies anywhere
instruction read_misaligned_doubleword
        mov eax, [packed + 5]                           ; #AC: 4 bytes at an odd address
        call ask_for_checking
instruction read_misaligned_word
        mov ax, [packed + 3]                            ; #AC: 2 bytes at an odd address
        call ask_for_checking
        mov eax, SYS_READ
        mov ebx, packed + 5
        int 0x80                                        ; ring 0 reads there with AC set, and pushes its frame: neither is checked
        mov ebp, esp
        sub esp, 2                                      ; a 16-bit push too many, say
instruction push_misaligned
        push eax                                        ; #AC: the stack counts as well
        mov esp, ebp
        mov eax, SYS_EXIT
        xor ebx, ebx
        int 0x80
        ud2

function ask_for_checking
        pushfd
        or dword [esp], EFLAGS_AC
instruction set_alignment_flag
        popfd                                           ; every program may change AC
        ret

user_data
align 8
object packed
        db 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11

; ------------------------------------------------------------------ ring 0: the exception
kernel_code
function kernel_entry_alignment_check
        push eax
        push esi
        mov esi, alignment_text
        call print
        mov eax, [esp + 12]                             ; EIP in the frame, above our two pushes and the error code
        call print_hex
        mov esi, once_text
        call print
        and dword [esp + 20], ~EFLAGS_AC                ; the instruction runs again, unchecked
        pop esi
        pop eax
        add esp, 4                                      ; the error code, always 0
        iret

function kernel_entry_int80
        cmp eax, SYS_READ
        je answer_read
        cmp eax, SYS_EXIT
        jne unexpected_exception
        mov esi, goodbye_text
        call print
        mov eax, ebx
        jmp exit

function answer_read
        mov eax, [ebx]
        mov esi, read_text
        call print
        call print_hex
        mov esi, line_end
        call print
        iret

kernel_data
alignment_text: db 'misaligned access by ', 0
once_text:      db ': let through once', 10, 0
read_text:      db 'ring 0 reads ', 0
line_end:       db 10, 0
goodbye_text:   db 'program ended', 10, 0

interrupt_gate 17, kernel_entry_alignment_check
user_gate 0x80, kernel_entry_int80
descriptor_tables
end_of_image
