; smap-refault - the kernel hangs in its page-fault handler: it finds nothing wrong with the page, returns, and faults again, for ever.
; CR4.SMAP forbids the kernel to touch user pages unless it says so: STAC before, CLAC after. One of two system calls forgot. The handler knows
; three reasons for a fault on a present page (a stale translation, a page that another processor has just mapped, copy-on-write) and takes this
; for the first: it forgets the translation and tries again.
; Build: nasm -f bin -I traces/ -o traces/smap-refault.img traces/smap-refault.asm   (or npm run traces)
%include "lib/scenario.inc"

SYS_PUTCHAR     equ 5                                   ; EBX: address of one character
CR4_SMAP        equ 1 << 21
ENDURANCE       equ 64                                  ; faults at one address after which the watchdog ends this

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
        call enable_smap
        enter_ring3 user_program

function enable_smap
        mov eax, cr4
        or eax, CR4_SMAP
instruction write_cr4
        mov cr4, eax
        ret

; ------------------------------------------------------------------ ring 3
user_code
function user_program
        mov eax, SYS_WRITE
        mov ebx, user_text
        int 0x80                                        ; this works
        mov eax, SYS_PUTCHAR
        mov ebx, user_text
        int 0x80                                        ; and this does not come back
        ud2

user_data
object user_text
        db 'program: hello', 10, 0

; ------------------------------------------------------------------ ring 0: the system calls
kernel_code
function kernel_entry_int80
        cmp eax, SYS_WRITE
        je system_call_write
        cmp eax, SYS_PUTCHAR
        jne unexpected_exception

function system_call_putchar
        push eax
instruction read_character
        mov al, [ebx]                                   ; BUG: no STAC before it. #PF, error code 1: present, read, supervisor
        call print_character
        pop eax
        iret

function system_call_write
        push esi
        stac                                            ; from here on user pages may be touched
        mov esi, ebx
        call print
        clac
        pop esi
        iret

; A fault on a page that is present, for an access that it allows: forget the translation, and try again.
function kernel_entry_page_fault
        push eax
        mov eax, cr2
        shr eax, 12
        and eax, 0x3ff
        test dword [user_page_table + eax * 4], PAGE_PRESENT
        jz unexpected_exception
        mov eax, cr2
        invlpg [eax]
        inc dword [fault_count]
        cmp dword [fault_count], ENDURANCE
        jae watchdog
        pop eax
        add esp, 4                                      ; the error code
        iret

function watchdog
        mov esi, hang_text
        call print
        mov eax, cr2
        call print_hex
        mov esi, line_end
        call print
        xor eax, eax
        jmp exit

kernel_data
object fault_count
        dd 0
hang_text:       db 'watchdog: the kernel hangs in its page-fault handler, address ', 0
line_end:        db 10, 0

interrupt_gate 14, kernel_entry_page_fault
user_gate 0x80, kernel_entry_int80
descriptor_tables
end_of_image
