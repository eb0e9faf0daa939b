module peer

go 1.26.8

require github.com/router-for-me/CLIProxyAPI/v6 v6.9.0
