; missing-invlpg - the tables say one thing and the processor does another: an entry was changed, and INVLPG was forgotten.
;   1. The kernel takes a page away (P = 0). The program still reads it, through the translation that the TLB keeps: no fault.
;   2. The kernel makes a read-only page writable. The program's write is refused, by the rights that the TLB keeps: #PF, error code 7.
; A fault drops the translation it came from, so the same write succeeds when it is made again.
; Build: nasm -f bin -I traces/ -o traces/missing-invlpg.img traces/missing-invlpg.asm   (or npm run traces)
%include "lib/scenario.inc"

SYS_UNMAP       equ 91                                  ; Linux's number of munmap. EBX: the page
SYS_PROTECT     equ 125                                 ; Linux's number of mprotect. EBX: the page; here it becomes writable

heap            equ 0x410000                            ; two pages, read only
heap_second     equ heap + PAGE
heap_frame      equ kernel_stack_top + PAGE             ; 0x108000: the memory for them
heap_entry      equ user_page_table + (heap >> 12 & 0x3ff) * 4
address_symbol heap
address_symbol heap_frame

; ------------------------------------------------------------------ ring 0: start
kernel_code
function kernel_start
        mov esp, kernel_stack_top
        call set_up_com1
        call load_gdt
        call load_idt
        call load_tss
        call build_page_tables
        mov dword [heap_entry], heap_frame | PAGE_PRESENT | PAGE_USER
        mov dword [heap_entry + 4], heap_frame + PAGE | PAGE_PRESENT | PAGE_USER
        call enable_paging
        enter_ring3 user_program

; ------------------------------------------------------------------ ring 3
user_code
function user_program
        mov eax, [heap]                                 ; both translations are in the TLB from here on
        mov eax, [heap_second]
        mov eax, SYS_UNMAP
        mov ebx, heap
        int 0x80
        mov ecx, [heap]                                 ; must fault, and does not
        mov eax, SYS_WRITE
        mov ebx, still_text
        int 0x80
        mov eax, SYS_PROTECT
        mov ebx, heap_second
        int 0x80
instruction write_second
        mov [heap_second], ecx                          ; must not fault, and does
        mov eax, SYS_WRITE
        mov ebx, written_text
        int 0x80
        mov eax, SYS_EXIT
        int 0x80
        ud2

user_data
object still_text
        db 'program: reads a page that is gone', 10, 0
object written_text
        db 'program: has written', 10, 0

; ------------------------------------------------------------------ ring 0: the system calls
kernel_code
function kernel_entry_int80
        cmp eax, SYS_WRITE
        je system_call_write
        cmp eax, SYS_UNMAP
        je system_call_unmap
        cmp eax, SYS_PROTECT
        je system_call_protect
        cmp eax, SYS_EXIT
        jne unexpected_exception
        mov esi, goodbye_text
        call print
        xor eax, eax
        jmp exit

function system_call_write
        push esi
        mov esi, ebx
        call print
        pop esi
        iret

; page_entry: EBX linear address. EDI is its entry in the program's page table.
function page_entry
        mov edi, ebx
        shr edi, 12
        and edi, 0x3ff
        lea edi, [user_page_table + edi * 4]
        ret

function system_call_unmap
        call page_entry
instruction clear_present
        mov dword [edi], 0                              ; BUG: invlpg [ebx] must follow
        iret

function system_call_protect
        call page_entry
instruction set_writable
        or dword [edi], PAGE_WRITABLE                   ; BUG: the same
        iret

; A "spurious" fault: the tables allow what was refused. There is nothing to repair, and the write is made again.
function kernel_entry_page_fault
        push eax
        push esi
        mov esi, page_fault_text
        call print
        mov eax, [esp + 8]                              ; the error code, above our two pushes
        call print_hex
        mov esi, entry_text
        call print
        mov eax, [heap_entry + 4]
        call print_hex
        mov esi, again_text
        call print
        pop esi
        pop eax
        add esp, 4                                      ; the error code
        iret

kernel_data
page_fault_text: db 'page fault: error code ', 0
entry_text:      db ', and the page-table entry is ', 0
again_text:      db ': again', 10, 0
goodbye_text:    db 'program ended', 10, 0

interrupt_gate 14, kernel_entry_page_fault
user_gate 0x80, kernel_entry_int80
descriptor_tables
end_of_image
