; matrix.asm - every access byte against every way to load a segment: 49 suites of 256 cases each, one line a case on port 0xE9.
; A case bends one byte (a descriptor's access byte, a selector, a gate's type, page-entry flags), acts, and prints what came of it:
;   SSII k                            suite SS, case II: nothing happened, back in ring 0
;   SSII s CS FLAGS DS FS GS          control arrived at the target, which said INT 0x81
;   SSII VV CODE CS FLAGS [CR2]       exception VV with its error code (low 16 bits of each value)
; and from the paging suites on the low bytes of PDE (A masked), PTE, and the 4-MByte PDE (A masked).
; expected.txt is what Bochs 2.7 prints. Gates, tasks and 16-bit gates as targets are left out. Build: nasm -f bin matrix.asm -o matrix.img
bits 32
section .headers start=0 vstart=0
        db 0x7f, 'ELF', 1, 1, 1, 0
        times 8 db 0
        dw 2, 3
        dd 1, start, 52, 0, 0
        dw 52, 32, 1, 40, 0, 0
        dd 1, 0x1000, 0x100000, 0x100000, image_size, image_size, 7, 0x1000
        dd 0x1badb002, 0, -0x1badb002
section .text start=0x1000 vstart=0x100000
base:
FREE equ 0x38
FREE2 equ 0x40
start:
  lgdt [gdtr]
  jmp 8:.n
.n: mov ax,0x10
  mov ds,ax
  mov es,ax
  mov ss,ax
  mov fs,ax
  mov gs,ax
  mov esp, kstack
  mov dx,0x3fb
  mov al,3
  out dx,al
  ; build idt
  mov ecx,0x82
  mov edi,idt
  mov esi,stubs
.i: mov eax,esi
  mov [edi],ax
  mov word [edi+2],8
  mov word [edi+4],0xee00
  shr eax,16
  mov [edi+6],ax
  add edi,8
  add esi,16
  loop .i
  lidt [idtr]
  mov ax,0x28
  ltr ax
  mov dword [tss+4],kstack
  mov dword [tss+8],0x10
  mov dword [tss+12],kstack1
  mov dword [tss+16],0x40|1
  mov edi,0x300000              ; page directory, page table of the test page, page table of the first 4 MBytes
  mov ecx,1024*3
  xor eax,eax
  rep stosd
  mov edi,0x302000
  mov eax,7
  mov ecx,1024
.l: stosd
  add eax,0x1000
  loop .l
  mov dword [suite],0
  mov dword [index],-1
next:
  mov eax,cr0
  and eax,0x7ffeffff
  mov cr0,eax
  mov esp,kstack
  cld
  push dword 2
  popfd
  mov ax,0x10
  mov ds,ax
  mov es,ax
  mov ss,ax
  ; reset descriptors
  mov dword [gdt+FREE],0x0000ffff
  mov dword [gdt+FREE+4],0x00cf9300
  mov dword [gdt+FREE2],0x0000ffff
  mov dword [gdt+FREE2+4],0x00cfb300   ; data dpl1
  mov dword [tss+8],0x10
  mov dword [tss+12],kstack1
  mov dword [tss+16],0x41
  mov dword [idt+0x30*8],0
  mov dword [idt+0x30*8+4],0
  mov byte [gdt+0x2d],0x8b
  inc dword [index]
  cmp dword [index],256
  jb .run
  mov dword [index],0
  inc dword [suite]
.run:
  mov eax,[suite]
  cmp eax,NSUITES
  jae finish
  mov al,[suite]
  call hex2
  mov al,[index]
  call hex2
  mov al,' '
  call putc
  mov eax,[suite]
  mov ebx,[index]
  call [suites+eax*4]
ok:                           ; ring 0 success
  mov al,'k'
  call putc
done:
  mov al,10
  call putc
  jmp next
finish:
  mov al,'.'
  call putc
  mov al,10
  call putc
  xor eax,eax
  out 0xf4,al
  cli
.h: hlt
  jmp .h

putc: push edx
  out 0xe9,al
  pop edx
  ret
hex2: push eax
  push ecx
  mov ecx,eax
  shr al,4
  call nib
  mov eax,ecx
  and al,15
  call nib
  pop ecx
  pop eax
  ret
nib: cmp al,10
  jb .d
  add al,'a'-10-'0'
.d: add al,'0'
  jmp putc
hex8: push eax
  ror eax,8
  call hex2
  rol eax,8
  call hex2
  pop eax
  ret

; common handler: [esp] vector, [esp+4] error or eip
handle_all:
  pop ebx
  mov ecx,ds
  mov ax,0x10
  mov ds,ax
  mov es,ax
  cmp ebx,0x81
  je .success
  mov al,bl
  call hex2
  mov al,' '
  call putc
  cmp ebx,8
  je .err
  cmp ebx,10
  jb .none
  cmp ebx,14
  jbe .err
  cmp ebx,17
  je .err
.none:
  xor eax,eax
  jmp .p
.err: pop eax
.p: call hex8
  mov al,' '
  call putc
  ; frame: eip cs eflags
  mov eax,[esp+4]
  call hex8
  mov al,' '
  call putc
  mov eax,[esp+8]
  and eax,0x7700              ; NT, IOPL, DF, IF, TF
  call hex8
  cmp dword [suite],(pages-suites)/4
  jb done
  mov al,' '
  call putc
  mov eax,cr2
  call hex8
  call pdump
  jmp done
.success:
  mov al,'s'
  call putc
  mov eax,[esp+4]
  call hex8
  mov al,' '
  call putc
  mov eax,[esp+8]
  and eax,0x7700              ; NT, IOPL, DF, IF, TF
  call hex8
  ; segment registers after
  mov eax,ecx
  call hex8
  mov eax,fs
  call hex8
  mov eax,gs
  call hex8
  mov ax,0x10
  mov fs,ax
  mov gs,ax
  cmp dword [suite],(pages-suites)/4
  jb done
  call pdump
  jmp done
pdump: mov al,[0x300400]
  and al,0xdf
  call hex2
  mov al,[0x301000]
  call hex2
  mov al,[0x300404]
  and al,0xdf
  call hex2
  ret

align 16
stubs:
%assign v 0
%rep 0x82
  align 16
  push dword v
  jmp handle_all
%assign v v+1
%endrep

; code reached in other rings
align 16
landed:
  int 0x81
user_run:               ; ring 3: executes test selected by edi
  jmp edi

; enter ring 3 at edi
enter3:
  push dword 0x23
  push dword ustack
  push dword 0x2
  push dword 0x1b
  push dword user_run
  mov ax,0x23
  mov ds,ax
  mov es,ax
  mov fs,ax
  mov gs,ax
  iret

setrights:              ; access byte of FREE <- bl
  mov [gdt+FREE+5],bl
  ret

; --- suites
s_ds0: call setrights
  mov ax,FREE
  mov ds,ax
  ret
s_ds3r0: call setrights
  mov ax,FREE|3
  mov ds,ax
  ret
s_ss0: call setrights
  mov ax,FREE
  mov cx,0x10
  mov ss,ax
  mov ss,cx
  ret
s_ssr1: call setrights
  mov ax,FREE|1
  mov cx,0x10
  mov ss,ax
  mov ss,cx
  ret
s_ds_u: call setrights
  mov edi,.u
  jmp enter3
.u: mov ax,FREE|3
  mov ds,ax
  int 0x81
s_ds_u0: call setrights
  mov edi,.u
  jmp enter3
.u: mov ax,FREE
  mov es,ax
  int 0x81
s_ss_u: call setrights
  mov edi,.u
  jmp enter3
.u: mov ax,FREE|3
  mov ss,ax
  mov ax,0x23
  mov ss,ax
  int 0x81
s_use:   ; ring 0: load then read and write through
  call setrights
  mov ax,FREE
  mov es,ax
  mov eax,[es:gsave]
  mov [es:gsave],eax
  ret
; far jump; skip gates and available tss
%macro skipsys 0
  test bl,0x10
  jnz %%go
  mov al,bl
  and al,15
  cmp al,1
  je %%skip
  cmp al,4
  je %%skip
  cmp al,5
  je %%skip
  cmp al,9
  je %%skip
  cmp al,12
  jne %%go
%%skip: ret
%%go:
%endmacro
s_jmp0: skipsys
  call setrights
  jmp FREE:landed
s_jmp3: skipsys
  call setrights
  jmp FREE|3:landed
s_jmp_u: skipsys
  call setrights
  mov edi,.u
  jmp enter3
.u: jmp FREE|3:landed
s_retf0: call setrights
  push dword FREE
  push dword landed
  retf
%macro iretcs 2
%1: call setrights
  push dword %2
  push dword kstack2
  push dword 0x2
  push dword FREE|(%2&3)
  push dword landed
  iret
%endmacro
iretcs s_iret0, 0x10
iretcs s_iret1, 0x41
iretcs s_iret2, 0x4a
iretcs s_iret3, 0x23
s_iretss3: call setrights
  push dword FREE|3
  push dword ustack
  push dword 0x2
  push dword 0x1b
  push dword landed
  iret
s_iretss3r1: call setrights
  push dword FREE|1
  push dword ustack
  push dword 0x2
  push dword 0x1b
  push dword landed
  iret
s_iretss1: call setrights
  push dword FREE|1
  push dword kstack2
  push dword 0x2
  push dword 0x51
  push dword landed
  iret
s_iretsel:   ; CS selector = index (all)
  test bl,4
  jz .g
  ret
.g:
  push dword 0x23
  push dword ustack
  push dword 2
  push ebx
  push dword landed
  iret
s_iretssel:
  push ebx
  push dword ustack
  push dword 2
  push dword 0x1b
  push dword landed
  iret
s_iretu:  ; from ring 3, cs sel = index
  mov edi,.u
  jmp enter3
.u: mov [gsave],ebx
  push dword 0x23
  push dword ustack
  push dword 0x3202
  push ebx
  push dword landed
  iret
setgate:   ; eax type byte, cx selector
  mov edx,landed
  mov [idt+0x30*8],dx
  mov [idt+0x30*8+2],cx
  mov byte [idt+0x30*8+4],0
  mov [idt+0x30*8+5],al
  shr edx,16
  mov [idt+0x30*8+6],dx
  ret
s_gatecs0: call setrights
  mov eax,0xee
  mov ecx,FREE
  call setgate
  int 0x30
s_gatecs3: call setrights
  mov eax,0xee
  mov ecx,FREE
  call setgate
  mov edi,.u
  jmp enter3
.u: int 0x30
s_gatesel3:
  mov eax,0xef
  mov ecx,ebx
  call setgate
  mov edi,.u
  jmp enter3
.u: int 0x30
%macro skipgate 0
  mov al,bl
  and al,0x1f
  sub al,5
  cmp al,2
  ja %%go
  ret
%%go:
%endmacro
s_gatetype0: skipgate
  mov al,bl
  mov ecx,8
  call setgate
  int 0x30
s_gatetype3: skipgate
  mov al,bl
  mov ecx,8
  call setgate
  mov edi,.u
  jmp enter3
.u: int 0x30
s_int3type: ; int3 vector 3 gate type... uses vector 3 gate
  skipgate
  mov al,[idt+3*8+5]
  mov [idt+3*8+5],bl
  mov edi,.u
  jmp enter3
.u: int3
s_tssss:   ; ring 3 -> ring 1 through tss ss1=FREE|1
  call setrights
  mov dword [tss+16],FREE|1
  mov eax,0xee
  mov ecx,0x50
  call setgate
  mov edi,.u
  jmp enter3
.u: int 0x30
s_tsssel:
  mov [tss+16],ebx
  mov eax,0xee
  mov ecx,0x50
  call setgate
  mov edi,.u
  jmp enter3
.u: int 0x30
s_lldt: call setrights
  mov ax,FREE
  lldt ax
  xor eax,eax
  lldt ax
  ret
s_ltr: mov byte [gdt+FREE2+5],0x89
  call setrights
  test bl,0x10
  jnz .t
  mov al,bl
  and al,15
  cmp al,1
  je .s
.t: mov ax,FREE
  ltr ax
  mov byte [gdt+0x2d],0x89
  mov ax,0x28
  ltr ax
.s: ret
s_lar: call setrights
  ret
s_limit:   ; byte granular limit = index: read dword at offset index-3..
  mov byte [gdt+FREE+5],0x93
  mov byte [gdt+FREE+6],0x40
  mov [gdt+FREE],bx
  mov ax,FREE
  mov es,ax
  mov eax,[es:0x7d]
  ret
s_limdown:
  mov byte [gdt+FREE+5],0x97
  mov byte [gdt+FREE+6],0x00
  mov [gdt+FREE],bx
  mov ax,FREE
  mov es,ax
  mov eax,[es:0x80]
  mov eax,[es:0xfffc]
  mov eax,[es:0xfffd]
  ret
s_room:  ; inner stack with byte limits: ss1 limit
  mov byte [gdt+FREE+5],0xb3
  mov byte [gdt+FREE+6],0x50
  mov word [gdt+FREE],0
  mov eax,kstack1
  sub eax,0x80
  add eax,ebx
  mov [gdt+FREE],ax
  shr eax,16
  or al,0x40
  mov [gdt+FREE+6],al
  mov dword [tss+16],FREE|1
  mov eax,0xee
  mov ecx,0x50
  call setgate
  mov edi,.u
  jmp enter3
.u: int 0x30
s_priv: ; privileged instructions at ring 3
  cmp ebx,24
  jae .x
  mov edi,[.tab+ebx*4]
  jmp enter3
.x: ret
.tab: dd .a0,.a1,.a2,.a3,.a4,.a5,.a6,.a7,.a8,.a9,.b0,.b1,.b2,.b3,.b4,.b5,.b6,.b7,.b8,.b9,.c0,.c1,.c2,.c3
.a0: hlt
.a1: mov eax,cr0
.a2: mov cr3,eax
.a3: lgdt [gdtr]
.a4: lidt [0xfffffff0]
.a5: lldt ax
.a6: ltr ax
.a7: clts
.a8: wbinvd
.a9: invlpg [0]
.b0: rdmsr
.b1: wrmsr
.b2: cli
.b3: sti
.b4: in al,dx
.b5: out dx,al
.b6: mov eax,dr0
.b7: mov dr7,eax
.b8: sysexit
.b9: lmsw ax
.c0: mov ecx,0x174
  sysenter
.c1: int 8
.c2: int3
.c3: db 0x0f,0x20,0xc8  ; mov eax, cr1
s_retfss3: call setrights
  push dword FREE|3
  push dword ustack
  push dword 0x1b
  push dword landed
  retf
s_retfss1: call setrights
  push dword FREE|1
  push dword kstack2
  push dword 0x51
  push dword landed
  retf
s_retfsel:
  push dword 0x23
  push dword ustack
  push ebx
  push dword landed
  retf
; paging: index bits 0 P 1 W 2 U of PDE, 3..5 of PTE, 6 WP, 7 write
setpages:
  mov dword [0x300404],0
  mov dword [0x300000],0x302007
  mov eax,ebx
  and eax,7
  or eax,0x301000
  mov [0x300400],eax
  mov eax,ebx
  shr eax,3
  and eax,7
  or eax,0x200000
  mov [0x301000],eax
  mov byte [0x200000],0xc3
  mov eax,0x300000
  mov cr3,eax
  mov eax,cr0
  or eax,0x80000000
  test bl,0x40
  jz .w
  or eax,0x10000
.w: mov cr0,eax
  ret
access: test bl,0x80
  jnz .wr
  mov eax,[0x40000010]
  ret
.wr: mov [0x40000010],eax
  ret
s_page0: call setpages
  call access
  int 0x81
s_page3: call setpages
  mov edi,.u
  jmp enter3
.u: call access
  int 0x81
s_pagex0: call setpages
  mov eax,0x40000000
  call eax
  int 0x81
s_pagex3: call setpages
  mov edi,.u
  jmp enter3
.u: mov eax,0x40000000
  call eax
  int 0x81
s_cross: ; second page absent: read/write across
  call setpages
  test bl,0x80
  jnz .wr
  mov eax,[0x40000fff]
  int 0x81
.wr: mov [0x40000ffd],eax
  int 0x81
s_stale: ; read via page, then change pte flags w/o invlpg then access
  and bl,0x3f
  mov ecx,ebx
  mov ebx,0x3f
  call setpages
  mov ebx,ecx
  mov eax,[0x40000010]
  ; make D set
  mov [0x40000010],eax
  shr ecx,3
  and ecx,7
  or ecx,0x200000
  mov [0x301000],ecx
  invlpg [0x40000000]
  or bl,0x80
  call access
  int 0x81
s_large: ; 4MB pde: flags index bits 0-2, bit 3: reserved bit 13, bit 4 PSE on
  mov ebx,[index]
  or ebx,0
  push ebx
  mov ebx,0x3f
  call setpages
  pop ebx
  mov eax,ebx
  and eax,7
  or eax,0x80
  test bl,8
  jz .n
  or eax,0x200000
.n: mov [0x300404],eax
  mov eax,0x10
  test bl,0x10
  jnz .p
  xor eax,eax
.p: mov cr4,eax
  mov edi,.u
  test bl,0x20
  jnz enter3
.u: test bl,0x80
  jnz .wr
  mov eax,[0x40400010]
  int 0x81
.wr: mov [0x407ffff0],eax
  int 0x81
s_framepf: ; interrupt from ring 3 to ring-1 stack on page with flags
  call setpages
  mov dword [tss+12],0x40000800
  mov eax,0xee
  mov ecx,0x50
  call setgate
  mov edi,.u
  jmp enter3
.u: int 0x30
suites: dd s_ds0,s_ds3r0,s_ss0,s_ssr1,s_ds_u,s_ds_u0,s_ss_u,s_use,s_jmp0,s_jmp3,s_jmp_u,s_retf0,s_iret0,s_iret1,s_iret2,s_iret3,s_iretss3,s_iretss3r1,s_iretss1,s_iretsel,s_iretssel,s_iretu,s_gatecs0,s_gatecs3,s_gatesel3,s_gatetype0,s_gatetype3,s_tssss,s_tsssel,s_lldt,s_ltr,s_limit,s_limdown,s_room,s_priv
 dd s_retfss3,s_retfss1,s_retfsel
pages: dd s_page0,s_page3,s_pagex0,s_pagex3,s_cross,s_stale,s_large,s_framepf
NSUITES equ ($-suites)/4
align 16
gdt: dq 0
 dq 0x00cf9b000000ffff
 dq 0x00cf93000000ffff
 dq 0x00cffb000000ffff
 dq 0x00cff3000000ffff
 dw 0x67
 dw (0x100000+tss-base)&0xffff
 db (0x100000+tss-base)>>16, 0x89,0,0
 dq 0x0000820000000000
 dq 0  ; 38 FREE
 dq 0  ; 40 FREE2
 dq 0x00cfd3000000ffff  ; 48 data dpl2
 dq 0x00cfbb000000ffff  ; 50 code dpl1
gdt_end:
gdtr: dw gdt_end-gdt-1
 dd gdt
align 8
idtr: dw 0x82*8-1
 dd idt
suite: dd 0
index: dd 0
gsave: dd 0
align 16
idt: times 0x82 dq 0
align 16
tss: times 104 db 0
 times 512 db 0
kstack:
 times 512 db 0
kstack1:
 times 512 db 0
kstack2:
 times 512 db 0
ustack:
image_size equ $-base
