; not-present - descriptors and gates with P = 0: #NP names the one, the handler sets P, the same instruction runs again.
;   1. loading DS with an absent descriptor:  #NP, error code 0x30 (GDT, entry 6)
;   2. int 0x81 through an absent gate:       #NP, error code 0x40a (IDT, entry 0x81)
; P is bit 7 of byte 5 in both kinds of entry, so one handler repairs both; the error code says in which table.
; Build: nasm -f bin -I traces/ -o traces/not-present.img traces/not-present.asm   (or npm run traces)
%include "lib/scenario.inc"

ABSENT_DATA     equ MORE_DESCRIPTORS | 3                ; 0x33: entry 6 of the GDT, RPL 3
ERROR_IDT       equ 1 << 1                              ; error code: the index is that of a gate
ERROR_INDEX     equ ~7                                  ; error code without its three flags: 8 * index, an offset into the table

%macro more_descriptors 0
object absent_descriptor
        flat_descriptor DATA_RING3 & ~PRESENT           ; 0x30: all is right but P
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
        enter_ring3 user_program

; ------------------------------------------------------------------ ring 3
user_code
function user_program
        mov eax, ABSENT_DATA
        mov ds, eax                                     ; #NP(0x30). Then it succeeds
        mov ebx, [user_number]                          ; through the segment that was absent
        int 0x81                                        ; #NP(0x40a). Then it succeeds
        mov eax, SYS_EXIT
        int 0x80
        ud2

user_data
align 4
object user_number
        dd 7

; ------------------------------------------------------------------ ring 0: segment not present
; On the stack: error code, EIP, CS, EFLAGS, ESP, SS. #NP is a fault: EIP is that of the instruction that could not do its work.
kernel_code
function kernel_entry_not_present
        push eax
        push ebx
        push esi
        mov esi, not_present_text
        call print
        mov eax, [esp + 12]                             ; the error code, above our three pushes
        call print_hex
        mov ebx, gdt
        mov esi, descriptor_text
        test eax, ERROR_IDT
        jz .found
        mov ebx, idt
        mov esi, gate_text
.found:
        call print
        and eax, ERROR_INDEX
        or byte [ebx + eax + ACCESS_BYTE], PRESENT      ; here a real kernel would first read the segment back from disk
        pop esi
        pop ebx
        pop eax
        add esp, 4                                      ; the error code
        iret                                            ; to the instruction that faulted: it runs again

function kernel_entry_int81
        push esi
        mov esi, answered_text
        call print
        pop esi
        iret

function kernel_entry_int80
        cmp eax, SYS_EXIT
        jne unexpected_exception
        cmp ebx, 7                                      ; what the program read through the repaired segment
        jne unexpected_exception
        mov esi, goodbye_text
        call print
        xor eax, eax
        jmp exit

kernel_data
not_present_text: db 'not present: #NP, error code ', 0
descriptor_text:  db ': a descriptor of the GDT, made present', 10, 0
gate_text:        db ': a gate of the IDT, made present', 10, 0
answered_text:    db 'int 0x81 answered', 10, 0
goodbye_text:     db 'program ended', 10, 0

interrupt_gate 11, kernel_entry_not_present
user_gate 0x80, kernel_entry_int80
user_gate 0x81, kernel_entry_int81, ABSENT
descriptor_tables
end_of_image
