; corrupted-page-table - a system call copies a name without looking at its length. The buffer ends where a page table begins: the rest
; of the name becomes two page-table entries. Nothing happens until the program touches one of those pages.
; Build: nasm -f bin -I traces/ -o traces/corrupted-page-table.img traces/corrupted-page-table.asm   (or npm run traces)
%include "lib/scenario.inc"

SYS_SET_NAME    equ 15                                  ; like Linux's prctl(PR_SET_NAME), which takes 16 bytes, too. EBX: text, up to a zero byte

heap            equ 0x800000                            ; two pages of the program, in a page table of their own
heap_second     equ heap + PAGE
heap_page_table equ kernel_stack_top + 2 * PAGE         ; 0x109000
heap_frame      equ heap_page_table + PAGE              ; 0x10a000: the memory for them
NAME_BYTES      equ 16
program_name    equ heap_page_table - NAME_BYTES        ; 0x108ff0: at the end of the page before
address_symbol heap
address_symbol heap_page_table
address_symbol heap_frame
address_symbol program_name

; ------------------------------------------------------------------ ring 0: start
kernel_code
function kernel_start
        mov esp, kernel_stack_top
        call set_up_com1
        call load_gdt
        call load_idt
        call load_tss
        call build_page_tables
        map_identity kernel_page_table, heap_page_table - PAGE, heap_page_table + PAGE, PAGE_PRESENT | PAGE_WRITABLE
        call map_heap
        call enable_paging
        enter_ring3 user_program

function map_heap
        mov edi, heap_page_table
        xor eax, eax
        mov ecx, PAGE / 4
        cld
        rep stosd
        mov dword [heap_page_table], heap_frame | PAGE_PRESENT | PAGE_WRITABLE | PAGE_USER
        mov dword [heap_page_table + 4], heap_frame + PAGE | PAGE_PRESENT | PAGE_WRITABLE | PAGE_USER
        mov dword [page_directory + (heap >> 22) * 4], heap_page_table | PAGE_PRESENT | PAGE_WRITABLE | PAGE_USER
        ret

; ------------------------------------------------------------------ ring 3
user_code
function user_program
        mov dword [heap], 1                             ; the heap works
        mov eax, SYS_SET_NAME
        mov ebx, long_name
        int 0x80
        mov eax, SYS_WRITE
        mov ebx, user_text
        int 0x80
        mov dword [heap_second], 2                      ; #PF: its entry is "tor!"
        ud2                                             ; never reached

user_data
object long_name
        db 'configuration of editor!', 0                ; 25 bytes
object user_text
        db 'program: has a name now', 10, 0

; ------------------------------------------------------------------ ring 0: the system calls
kernel_code
function kernel_entry_int80
        cmp eax, SYS_WRITE
        je system_call_write
        cmp eax, SYS_SET_NAME
        je system_call_set_name
        jmp unexpected_exception

function system_call_write
        push esi
        mov esi, ebx
        call print
        pop esi
        iret

function system_call_set_name
        mov esi, ebx
        mov edi, program_name
        cld
instruction copy_character                              ; BUG: nobody counts up to NAME_BYTES
        movsb
        cmp byte [esi - 1], 0
        jne copy_character
        iret

function kernel_entry_page_fault
        mov esi, page_fault_text
        call print
        mov eax, [esp]                                  ; the error code
        call print_hex
        mov esi, address_text
        call print
        mov eax, cr2
        call print_hex
        mov esi, entry_text
        call print
        mov eax, [heap_page_table + 4]
        call print_hex
        mov esi, line_end
        call print
        xor eax, eax
        jmp exit

kernel_data
page_fault_text: db 'page fault: error code ', 0
address_text:    db ', address ', 0
entry_text:      db ', page-table entry ', 0
line_end:        db 10, 0

interrupt_gate 14, kernel_entry_page_fault
user_gate 0x80, kernel_entry_int80
descriptor_tables
end_of_image
