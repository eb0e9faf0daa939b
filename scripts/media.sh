#!/usr/bin/env bash
# Makes the small real files of conformance/testdata/media: a red square in
# each image format, a tenth of a second of a tone, two frames of red as a
# film, a page with one line. Needs ffmpeg and heif-enc (Debian: ffmpeg,
# libheif-examples); the files are committed, so only a new format needs it.
set -euo pipefail
cd "$(dirname "$0")/../conformance/testdata/media"
make() { ffmpeg -nostdin -loglevel error -y "$@"; }
square=(-f lavfi -i "color=red:s=16x16:r=10:d=0.1" -frames:v 1)
make "${square[@]}" red.png
make "${square[@]}" red.jpg
make "${square[@]}" -lossless 1 red.webp
make "${square[@]}" red.gif
heif-enc -q 50 red.png -o red.heic >/dev/null
tone=(-f lavfi -i "sine=frequency=440:sample_rate=8000:duration=0.1")
make "${tone[@]}" -bitexact tone.wav
make "${tone[@]}" -bitexact -b:a 8k tone.mp3
make "${tone[@]}" -bitexact tone.flac
film=(-f lavfi -i "color=red:s=32x32:r=10:d=0.2" -bitexact)
make "${film[@]}" -pix_fmt yuv420p red.mp4
make "${film[@]}" -c:v libvpx -b:v 20k red.webm
printf 'The square is red.\n' > note.txt
printf 'colour,count\nred,1\n' > table.csv
objects=(
  '<</Type/Catalog/Pages 2 0 R>>'
  '<</Type/Pages/Kids[3 0 R]/Count 1>>'
  '<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 50]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>'
  $'<</Length 46>>stream\nBT /F 12 Tf 10 20 Td (The square is red) Tj ET\nendstream'
  '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>'
)
{
  printf '%%PDF-1.4\n'
  at=9 number=0 index=''
  for o in "${objects[@]}"; do
    number=$((number + 1))
    index+=$(printf '%010d 00000 n \\n' "$at")
    text="$number 0 obj"$'\n'"$o"$'\n'endobj
    printf '%s\n' "$text"
    at=$((at + ${#text} + 1))
  done
  printf "xref\n0 6\n0000000000 65535 f \n$index"
  printf 'trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n' "$at"
} > page.pdf
