; io-bitmap - a driver in ring 3. IOPL is 0, so every IN and OUT of the program is looked up in the I/O permission bit map behind the TSS:
; a clear bit lets a port through, a set bit refuses it, and so does a port beyond the end of the map. Of a word both ports are asked for.
; The map covers ports 0 to 0x3ff; of those the program may use the data and status register of COM1, nothing else. For the scratch register
; of COM1 it asks the kernel, which clears one bit.
; Build: nasm -f bin -I traces/ -o traces/io-bitmap.img traces/io-bitmap.asm   (or npm run traces)
%include "lib/scenario.inc"

SYS_GRANT       equ 200                                 ; EBX: a port the program wants
COM1_MODEM      equ 0x3fc
COM1_SCRATCH    equ 0x3ff                               ; a byte that means nothing to the device
PCI_ADDRESS     equ 0xcf8                               ; beyond the map
MAP_BYTES       equ 0x400 / 8
IO_TSS          equ MORE_DESCRIPTORS
%macro more_descriptors 0
        segment_descriptor data_address(io_tss), io_tss_end - io_tss - 1, TSS32_AVAILABLE, BYTES16
%endmacro

; ------------------------------------------------------------------ ring 0: start
kernel_code
function kernel_start
        mov esp, kernel_stack_top
        call set_up_com1
        call load_gdt
        call load_idt
        mov eax, IO_TSS
        ltr ax
        call build_page_tables
        call enable_paging
        enter_ring3 user_program

; ------------------------------------------------------------------ ring 3
user_code
function user_program
        mov esi, allowed_text
        call write_by_itself                            ; every byte by OUT, and IN until it is sent
instruction out_modem
        mov dx, COM1_MODEM
        xor eax, eax
        out dx, al                                      ; #GP(0): the bit is set
        mov dx, COM1_SCRATCH - 1
instruction out_word
        out dx, ax                                      ; #GP(0): bit 0x3fe is clear, bit 0x3ff is set
        mov esi, allowed_text
        mov dx, PCI_ADDRESS
instruction outs_beyond
        outsb                                           ; #GP(0): no bit for this port. ESI stays
        mov dx, COM1_SCRATCH
instruction out_scratch
        mov al, 0x5a
        out dx, al                                      ; #GP(0): the bit is set
        mov eax, SYS_GRANT
        mov ebx, COM1_SCRATCH
        int 0x80
        mov dx, COM1_SCRATCH
        mov al, 0x5a
        out dx, al                                      ; now it is clear
        in al, dx
        mov eax, SYS_EXIT
        xor ebx, ebx
        int 0x80

; write_by_itself: the text at ESI, to COM1
function write_by_itself
        mov al, [esi]
        inc esi
        test al, al
        jz .done
        mov dx, COM1_DATA
        out dx, al
        mov dx, COM1_STATUS
.wait:  in al, dx
        test al, COM1_ALL_SENT
        jz .wait
        jmp write_by_itself
.done:  ret

; ------------------------------------------------------------------ ring 0: handlers
kernel_code
function kernel_entry_int80
        cmp eax, SYS_GRANT
        je grant
        cmp eax, SYS_EXIT
        jne unexpected_exception
        mov eax, ebx
        jmp exit

; The map is memory like any other: the next OUT reads it.
grant:
        cmp ebx, COM1_SCRATCH                           ; the only one this kernel gives away
        jne unexpected_exception
instruction clear_bit
        and byte [io_map + COM1_SCRATCH / 8], ~(1 << (COM1_SCRATCH & 7))
        mov esi, granted_text
        call print
        iret

; The program learns nothing, the kernel steps over the instruction: one byte, or two with the prefix of a 16-bit operand.
function kernel_entry_general_protection
        push eax
        push esi
        mov esi, refused_text
        call print
        movzx eax, dx
        call print_hex
        mov esi, line_end
        call print
        mov eax, [esp + 12]                             ; EIP: above ESI, EAX and the error code
        cmp byte [eax], 0x66
        jne .one
        inc dword [esp + 12]
.one:   inc dword [esp + 12]
        pop esi
        pop eax
        add esp, 4
        iret

user_data
allowed_text:   db 'ring 3 writes to COM1 by itself', 10, 0
kernel_data
refused_text:   db 'refused to ring 3: port ', 0
granted_text:   db 'granted: the scratch register', 10, 0
line_end:       db 10, 0
align 8
object io_tss
        dd 0, kernel_stack_top, KERNEL_DS
        times 22 dd 0
        dw 0, 104                                       ; where the map begins
object io_map
        times COM1_DATA / 8 db 0xff
        db 0x9e                                         ; ports 0x3f8 to 0x3ff, bit by bit: 1 is refused. 0x3f8, 0x3fd and 0x3fe are clear
        db 0xff                                         ; the last byte is read together with the one before it
io_tss_end:

user_gate 0x80, kernel_entry_int80
interrupt_gate 13, kernel_entry_general_protection
descriptor_tables
end_of_image
