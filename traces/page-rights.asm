; page-rights - "my page-table entry has U = 1, and yet the program faults." The rights of all levels are joined: the entry of the page
; directory above it has U = 0, written when the tables were built, before paging was on.
; The kernel maps a page with its clock for all programs to read, in a page table of its own.
; Build: nasm -f bin -I traces/ -o traces/page-rights.img traces/page-rights.asm   (or npm run traces)
%include "lib/scenario.inc"

clock_page       equ 0x800000                           ; where programs and kernel see it: entry 2 of the page directory, entry 0 of its table
clock_page_table equ kernel_stack_top + PAGE            ; 0x108000
clock_frame      equ clock_page_table + PAGE            ; 0x109000: the memory
clock_ticks      equ clock_page                         ; the first word
address_symbol clock_page
address_symbol clock_page_table
address_symbol clock_frame

; ------------------------------------------------------------------ ring 0: start
kernel_code
function kernel_start
        mov esp, kernel_stack_top
        call set_up_com1
        call load_gdt
        call load_idt
        call load_tss
        call build_page_tables
        map_identity kernel_page_table, clock_page_table, clock_page_table + PAGE, PAGE_PRESENT | PAGE_WRITABLE
        call map_clock_page
        call enable_paging
        mov dword [clock_ticks], 1234                   ; ring 0 needs no U: this works
        enter_ring3 user_program

function map_clock_page
        mov edi, clock_page_table
        xor eax, eax
        mov ecx, PAGE / 4
        cld
        rep stosd
        mov dword [clock_page_table], clock_frame | PAGE_PRESENT | PAGE_WRITABLE | PAGE_USER
instruction write_directory_entry                       ; BUG: PAGE_USER is missing
        mov dword [page_directory + 2 * 4], clock_page_table | PAGE_PRESENT | PAGE_WRITABLE
        ret

; ------------------------------------------------------------------ ring 3
user_code
function user_program
        mov eax, SYS_WRITE
        mov ebx, user_text
        int 0x80
        mov eax, [clock_ticks]                          ; #PF, error code 5: present, user
        ud2                                             ; never reached

user_data
object user_text
        db 'program: reads the clock', 10, 0

; ------------------------------------------------------------------ ring 0: handlers
kernel_code
function kernel_entry_int80
        cmp eax, SYS_WRITE
        jne unexpected_exception
        push esi
        mov esi, ebx
        call print
        pop esi
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
        mov eax, [clock_page_table]                     ; what its author looked at, and found right
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
