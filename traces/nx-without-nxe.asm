; nx-without-nxe - "reserved bit set in a page-table entry, but I set no reserved bit." Bit 63 of an entry forbids execution only while EFER.NXE
; is 1; otherwise it is reserved, and every access to the page faults with RSVD, reads and writes too.
; The kernel uses PAE paging and forbids execution of the program's data and stack. Its resume code, after a sleep, puts back the value of EFER
; that was saved too early: before NXE was set.
; Build: nasm -f bin -I traces/ -o traces/nx-without-nxe.img traces/nx-without-nxe.asm   (or npm run traces)
%include "lib/scenario.inc"

SYS_SLEEP       equ 162                                 ; Linux's number of nanosleep

IA32_EFER       equ 0xc0000080
EFER_NXE        equ 1 << 11
CR4_PAE         equ 1 << 5
NO_EXECUTE      equ 1 << 31                             ; bit 63 of an entry, in its upper half
LARGE_SHIFT     equ 21                                  ; a page table of PAE paging maps 2 MBytes

; map_pae TABLE, FIRST, END, FLAGS: as map_identity, with entries of 8 bytes, whose upper halves are zero
%macro map_pae 4
        mov edi, %1 + ((%2) >> 12 & 0x1ff) * 8
        mov eax, (%2) | %4
        mov ecx, ((%3) - (%2)) / PAGE
%%next:
        mov [edi], eax
        add edi, 8
        add eax, PAGE
        dec ecx
        jnz %%next
%endmacro

; ------------------------------------------------------------------ ring 0: start
kernel_code
function kernel_start
        mov esp, kernel_stack_top
        call set_up_com1
        call load_gdt
        call load_idt
        call load_tss
        call save_efer
        call enable_no_execute
        call build_pae_tables
        call forbid_execution
        call enable_pae_paging
        enter_ring3 user_program

; What a sleep loses is put back from here.
function save_efer
        mov ecx, IA32_EFER
        rdmsr
        mov [saved_efer], eax                           ; BUG: too early, NXE is set below
        ret

function enable_no_execute
        mov ecx, IA32_EFER
        rdmsr
        or eax, EFER_NXE
        wrmsr
        ret

; One page directory for the lowest GByte, and in it two page tables.
function build_pae_tables
        mov dword [directory_pointers], page_directory + PAGE_PRESENT
        mov dword [page_directory + (KERNEL_CODE >> LARGE_SHIFT) * 8], kernel_page_table + (PAGE_PRESENT | PAGE_WRITABLE)
        mov dword [page_directory + (USER_CODE >> LARGE_SHIFT) * 8], user_page_table + (PAGE_PRESENT | PAGE_WRITABLE | PAGE_USER)
        map_pae kernel_page_table, KERNEL_CODE, KERNEL_DATA, PAGE_PRESENT
        map_pae kernel_page_table, KERNEL_DATA, user_page_table + PAGE, PAGE_PRESENT | PAGE_WRITABLE
        map_pae kernel_page_table, kernel_stack, kernel_stack_top, PAGE_PRESENT | PAGE_WRITABLE
        map_pae user_page_table, USER_CODE, USER_DATA, PAGE_PRESENT | PAGE_USER
        map_pae user_page_table, USER_DATA, USER_DATA + PAGE, PAGE_PRESENT | PAGE_WRITABLE | PAGE_USER
        map_pae user_page_table, user_stack, user_stack_top, PAGE_PRESENT | PAGE_WRITABLE | PAGE_USER
        ret

; The program's code may be executed; its data and its stack may not.
function forbid_execution
        or dword [user_page_table + (USER_DATA >> 12 & 0x1ff) * 8 + 4], NO_EXECUTE
instruction write_stack_entry
        or dword [user_page_table + (user_stack >> 12 & 0x1ff) * 8 + 4], NO_EXECUTE
        ret

; MOV to CR0 loads the four PDPTEs that CR3 points at into registers of the processor.
function enable_pae_paging
        mov eax, CR4_PAE
        mov cr4, eax
        mov eax, directory_pointers
        mov cr3, eax
        mov eax, cr0
        or eax, CR0_PG | CR0_WP
        mov cr0, eax
        ret

; ------------------------------------------------------------------ ring 3
user_code
function user_program
        call say_ready                                  ; the stack can be used
        mov eax, SYS_SLEEP
        int 0x80
        call say_ready                                  ; #PF, error code 0xf: present, write, user, RSVD
        ud2                                             ; never reached

function say_ready
        mov eax, SYS_WRITE
        mov ebx, ready_text
        int 0x80
        ret

user_data
object ready_text
        db 'program: ready', 10, 0

; ------------------------------------------------------------------ ring 0: the system calls
kernel_code
function kernel_entry_int80
        cmp eax, SYS_WRITE
        je system_call_write
        cmp eax, SYS_SLEEP
        jne unexpected_exception
        call resume
        iret

function system_call_write
        push esi
        mov esi, ebx
        call print
        pop esi
        iret

; The way back from a sleep. Nothing was really switched off here; what matters is what is put back.
function resume
        mov ecx, IA32_EFER
        xor edx, edx
        mov eax, [saved_efer]
instruction restore_efer
        wrmsr                                           ; NXE is 0 from here on: bit 63 is reserved
        mov eax, directory_pointers
        mov cr3, eax
        ret

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
        mov ebx, cr2
        shr ebx, 12
        and ebx, 0x1ff
        mov eax, [user_page_table + ebx * 8 + 4]
        call print_hex
        mov eax, [user_page_table + ebx * 8]
        call print_hex
        mov esi, line_end
        call print
        xor eax, eax
        jmp exit

kernel_data
        align 32
object directory_pointers
        times 4 dq 0
object saved_efer
        dd 0
page_fault_text: db 'page fault: error code ', 0
address_text:    db ', address ', 0
entry_text:      db ', page-table entry ', 0
line_end:        db 10, 0

interrupt_gate 14, kernel_entry_page_fault
user_gate 0x80, kernel_entry_int80
descriptor_tables
end_of_image
