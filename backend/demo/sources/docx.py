"""Writes a plain DOCX: one paragraph a line, the first one as title."""
import sys
import zipfile
from xml.sax.saxutils import escape

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
TYPES = HEAD + ('<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
                '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                '<Default Extension="xml" ContentType="application/xml"/>'
                '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
                'wordprocessingml.document.main+xml"/></Types>')
RELS = HEAD + ('<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
               '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
               'officeDocument" Target="word/document.xml"/></Relationships>')


def paragraph(line, title):
    style = '<w:pPr><w:jc w:val="center"/></w:pPr>' if title else ''
    size = '<w:rPr><w:b/><w:sz w:val="36"/></w:rPr>' if title else '<w:rPr><w:sz w:val="24"/></w:rPr>'
    return f'<w:p>{style}<w:r>{size}<w:t xml:space="preserve">{escape(line)}</w:t></w:r></w:p>'


def main(source, target):
    lines = open(source, encoding='utf-8').read().splitlines()
    body = ''.join(paragraph(line, i == 0) for i, line in enumerate(lines))
    document = HEAD + ('<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
                       f'<w:body>{body}<w:sectPr/></w:body></w:document>')
    with zipfile.ZipFile(target, 'w', zipfile.ZIP_DEFLATED) as z:
        for name, text in (('[Content_Types].xml', TYPES), ('_rels/.rels', RELS), ('word/document.xml', document)):
            info = zipfile.ZipInfo(name, (2026, 3, 13, 10, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            z.writestr(info, text)


main(*sys.argv[1:])
