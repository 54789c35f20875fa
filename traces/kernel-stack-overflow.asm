; kernel-stack-overflow - a system call that calls itself as often as the program says, on a kernel stack of one page. The page below is
; a guard page: not present, so that the overflow faults instead of overwriting something. But the page fault's frame must go onto the
; same stack, and so must that of the double fault: shutdown.
; Build: nasm -f bin -I traces/ -o traces/kernel-stack-overflow.img traces/kernel-stack-overflow.asm   (or npm run traces)
%include "lib/scenario.inc"

SYS_SUM         equ 100                                 ; EBX: n. Returns 1 + 2 + ... + n in EAX
kernel_stack_guard equ kernel_stack - PAGE              ; 0x105000
address_symbol kernel_stack_guard

; ------------------------------------------------------------------ ring 0: start
kernel_code
function kernel_start
        mov esp, kernel_stack_top
        call set_up_com1
        call load_gdt
        call load_idt
        call load_tss
        call build_page_tables
        call protect_stack
        call enable_paging
        enter_ring3 user_program

; The kernel's memory is one piece; the guard page is taken out of it.
function protect_stack
        map_identity kernel_page_table, kernel_stack_guard, kernel_stack_top, PAGE_PRESENT | PAGE_WRITABLE
instruction unmap_guard
        mov dword [kernel_page_table + (kernel_stack_guard >> 12) * 4], 0
        ret

; ------------------------------------------------------------------ ring 3
user_code
function user_program
        mov eax, SYS_SUM
        mov ebx, 10
        int 0x80                                        ; 55
        mov eax, SYS_SUM
        mov ebx, 1000                                   ; 1000 calls, 8 bytes each: more than a page
        int 0x80                                        ; does not come back
        ud2

; ------------------------------------------------------------------ ring 0
kernel_code
function kernel_entry_int80
        cmp eax, SYS_SUM
        jne unexpected_exception
        mov esi, sum_text
        call print
        call sum                                        ; BUG: any n a program likes
        call print_hex
        mov esi, line_end
        call print
        iret

; sum: EBX n. EAX = 1 + 2 + ... + n
function sum
        push ebx
        xor eax, eax
        test ebx, ebx
        jz .done
        dec ebx
        call sum
        add eax, [esp]
.done:
        pop ebx
        ret

function kernel_entry_page_fault                        ; never reached
        mov esi, page_fault_text
        call print
        xor eax, eax
        jmp exit

kernel_data
sum_text:        db 'sum: ', 0
line_end:        db 10, 0
page_fault_text: db 'page fault', 10, 0

interrupt_gate 14, kernel_entry_page_fault
user_gate 0x80, kernel_entry_int80
descriptor_tables
end_of_image
