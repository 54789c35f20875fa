; demand-paging - a page that is mapped but absent. The first touch faults, the kernel supplies the page, the same
; instruction runs again and succeeds; the second touch does not fault. Once with a read, once with a write.
; Build: nasm -f bin -I traces/ -o traces/demand-paging.img traces/demand-paging.asm   (or npm run traces)
%include "lib/scenario.inc"

LAZY_PAGES      equ USER_CODE + 0x8000                  ; two pages: linear 0x408000 and 0x409000
LAZY_FRAMES     equ 0x200000                            ; the physical pages they get, outside the image
LAZY_COUNT      equ 2

; With P = 0 the processor ignores the rest of an entry, so the kernel may keep notes in it. Ours: the frame the page
; will get, its rights, and bit 9 (free for software in every entry) as the mark "ours to supply".
PAGE_ON_DEMAND  equ 1 << 9
ERROR_PRESENT   equ 1 << 0                              ; #PF error code: 0 = the page was not present

; ------------------------------------------------------------------ ring 0: start
kernel_code
function kernel_start
        mov esp, kernel_stack_top
        call set_up_com1
        call load_gdt
        call load_idt
        call load_tss
        call build_page_tables
instruction write_lazy_entry_0
        mov dword [lazy_entry_0], LAZY_FRAMES + (PAGE_ON_DEMAND | PAGE_USER | PAGE_WRITABLE)
instruction write_lazy_entry_1
        mov dword [lazy_entry_1], LAZY_FRAMES + PAGE + (PAGE_ON_DEMAND | PAGE_USER | PAGE_WRITABLE)
        call enable_paging
        enter_ring3 user_program

lazy_entry_0    equ user_page_table + (LAZY_PAGES >> 12 & 0x3ff) * 4
lazy_entry_1    equ lazy_entry_0 + 4
address_symbol lazy_entry_0
address_symbol lazy_entry_1

; ------------------------------------------------------------------ ring 3
user_code
function user_program
        mov eax, [LAZY_PAGES + 0x123]                   ; #PF, error code 4: user, read, not present. Then it succeeds
        mov ebx, [LAZY_PAGES + 0x200]                   ; same page: no fault
        mov dword [LAZY_PAGES + PAGE + 0x10], 0xcafe    ; #PF, error code 6: user, write, not present. Then it succeeds
        mov ecx, [LAZY_PAGES + PAGE + 0x10]             ; no fault, and the value is there

        xor ebx, ebx
        cmp ecx, 0xcafe
        je .exit
        mov ebx, 1
.exit:
        mov eax, SYS_EXIT
        int 0x80
        ud2

; ------------------------------------------------------------------ ring 0: the page fault
; On the stack: error code, EIP, CS, EFLAGS, ESP, SS. EIP is that of the instruction that faulted.
kernel_code
function kernel_entry_page_fault
        push eax
        push ebx
        push esi
        mov esi, page_fault_text
        call print
        mov eax, cr2                                    ; the address the program wanted
        call print_hex

        test dword [esp + 12], ERROR_PRESENT            ; the error code, above our three pushes
        jnz unexpected_exception                        ; present: this is a violation, not a missing page
        mov ebx, eax
        sub ebx, USER_CODE
        cmp ebx, PAGE * 1024
        jae unexpected_exception                        ; outside the one table we keep for the program
        shr ebx, 12                                     ; the index of the page table entry
        test dword [user_page_table + ebx * 4], PAGE_ON_DEMAND
        jz unexpected_exception                         ; not promised: a real kernel would end the program here

        or dword [user_page_table + ebx * 4], PAGE_PRESENT
        mov esi, supplied_text                          ; no INVLPG: an entry with P = 0 is never in the TLB
        call print
        pop esi
        pop ebx
        pop eax
        add esp, 4                                      ; the error code: IRET does not expect it
        iret                                            ; to the instruction that faulted: it runs again

function kernel_entry_int80
        cmp eax, SYS_EXIT
        jne unexpected_exception
        mov esi, goodbye_text
        call print
        mov eax, ebx
        jmp exit

kernel_data
page_fault_text: db 'page fault at ', 0
supplied_text:   db ': page supplied', 10, 0
goodbye_text:    db 'program ended', 10, 0

interrupt_gate 14, kernel_entry_page_fault
user_gate 0x80, kernel_entry_int80
descriptor_tables
end_of_image
